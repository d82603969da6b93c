/** The folder that a trained run becomes: what the user downloads, what is kept in the browser, and what `readEncoder` reads again. */
import type { NamedArrays } from '../shared/arrays.ts';
import type { FinetunedRun } from '../shared/training.ts';
import { memberFile } from '../shared/members.ts';
import { modelCard } from '../formats/modelCard.ts';
import type { ModelFiles } from '../formats/package.ts';
import { rungJson } from '../formats/rungJson.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { configToJson, type ModelConfig } from '../models/model.ts';

export const tokenizerFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spm.model',
  'added_tokens.json',
];

/**
 * Weights in float32 under their Hugging Face names, config, tokenizer, thresholds and figures (`rung.json`) and the model card.
 * @param members weights of each model that is averaged; one, unless there are several.
 * @param encoderFiles the folder of the encoder that was fine-tuned: its tokenizer is copied.
 */
export function packageFiles(
  run: FinetunedRun,
  architecture: ModelConfig,
  members: readonly NamedArrays[],
  encoderFiles: ModelFiles,
): ModelFiles {
  const files: ModelFiles = new Map();
  files.set('config.json', text(JSON.stringify(configToJson(architecture, run.data.labelNames), null, 2)));
  for (const [i, weights] of members.entries()) files.set(memberFile(i), writeSafetensors(weights, { dtype: 'F32' }));
  for (const name of tokenizerFiles) {
    const bytes = encoderFiles.get(name);
    if (bytes) files.set(name, bytes);
  }
  return withFigures(files, run);
}

/** The same folder with `rung.json` and the model card made anew from the record: a run may be renamed after it was stored. */
export function withFigures(files: ModelFiles, run: FinetunedRun): ModelFiles {
  const renewed = new Map(files);
  renewed.set('rung.json', text(JSON.stringify(rungJson(run), null, 2)));
  renewed.set('README.md', text(modelCard(run, modelTypeOf(files))));
  return renewed;
}

/** `model_type` of the folder's config.json, as `packageFiles` wrote it. */
function modelTypeOf(files: ModelFiles): string {
  const { model_type: type } = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as { model_type: string };
  return type;
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${content.trimEnd()}\n`);
}
