/** What a downloaded model consists of, in words for the user. */
import { memberFile } from '../../shared/members.ts';
import { onnxWeightBytes, type OnnxFile, type OnnxForm, type OnnxPrecision } from '../../shared/onnxFiles.ts';
import type { FinetunedRun } from '../../shared/training.ts';

export interface PackagePart {
  file: string;
  /** What it is for. */
  purpose: string;
}

const packageParts: readonly PackagePart[] = [
  { file: 'model.safetensors', purpose: 'The weights, float32, under their Hugging Face names' },
  { file: 'config.json', purpose: 'The architecture and the names of the labels' },
  { file: 'tokenizer.json', purpose: 'How a title becomes tokens, with the settings and the vocabulary beside it' },
  { file: 'rung.json', purpose: 'Thresholds, title cleaning, and every figure of the test rows' },
  { file: 'README.md', purpose: 'The model card: what it is, how good it is, what it cannot do' },
];

/** The same of a run; of several models that are averaged, each has its file. */
export function partsOf({ members }: Pick<FinetunedRun, 'members'>): PackagePart[] {
  const [weights, ...others] = packageParts;
  const further = Array.from({ length: members - 1 }, (_, i) => ({
    file: memberFile(i + 1),
    purpose: 'A further model: Rung, the ONNX files and the code below take the mean of their logits',
  }));
  return [weights, ...further, ...others];
}

/** What each ONNX file is for, and what its numbers are. */
export const onnxForms: Record<OnnxForm, { title: string; purpose: string }> = {
  classifier: { title: 'Classifier', purpose: 'Titles to labels' },
  embedding: { title: 'Embedding', purpose: 'Titles to vectors' },
};

export const onnxNumbers: Record<OnnxPrecision, { title: string; note: string }> = {
  fp32: { title: 'float32', note: 'as trained' },
  fp16: { title: 'float16', note: 'half the size, for graphics cards' },
  int8: { title: '8 bits', note: 'a quarter of the size; probabilities move a little' },
};

/** Roughly: biases and the structure of the file are left out. */
export function onnxBytes(weightBytes: number, { precision }: OnnxFile): number {
  return (weightBytes * onnxWeightBytes[precision]) / onnxWeightBytes.fp32;
}

/** A file name that every system takes: "VP model, 2nd try" -> "VP model, 2nd try"; slashes, colons and the like become dashes. */
export function fileNameOf(runName: string): string {
  const plain = runName
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be in a file name
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-')
    .replace(/^[\s.-]+|[\s.-]+$/g, '')
    .slice(0, 100);
  // Windows keeps these for devices.
  return plain === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? 'rung-model' : plain;
}
