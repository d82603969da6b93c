/** The ONNX files that a model can be exported as, named as transformers.js looks for them. */

export const onnxForms = ['classifier', 'embedding'] as const;
/** Titles to logits, or titles to vectors. */
export type OnnxForm = (typeof onnxForms)[number];

export const onnxPrecisions = ['fp32', 'fp16', 'int8'] as const;
export type OnnxPrecision = (typeof onnxPrecisions)[number];

export interface OnnxFile {
  form: OnnxForm;
  precision: OnnxPrecision;
}

/** What transformers.js calls them: the `dtype` that is asked for, and what it adds to a file's name. */
export const onnxDtypes: Record<OnnxPrecision, { dtype: string; suffix: string }> = {
  fp32: { dtype: 'fp32', suffix: '' },
  fp16: { dtype: 'fp16', suffix: '_fp16' },
  int8: { dtype: 'q8', suffix: '_quantized' },
};

/** transformers.js opens `model` unless it is given another `model_file_name`. */
export const onnxModelNames: Record<OnnxForm, string> = { classifier: 'model', embedding: 'embedding' };

/** Path in the folder: "onnx/model_fp16.onnx". */
export function onnxPath({ form, precision }: OnnxFile): string {
  return `onnx/${onnxModelNames[form]}${onnxDtypes[precision].suffix}.onnx`;
}

/** Bytes of a weight. Biases and norms weigh next to nothing, so a file has about this share of the float32 weights. */
export const onnxWeightBytes: Record<OnnxPrecision, number> = { fp32: 4, fp16: 2, int8: 1 };
