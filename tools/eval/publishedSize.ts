/**
 * `--weights published-size-random`: a recipe with weights drawn at random in the shapes of its published checkpoint, which is not at
 * hand. It shows that the recipe runs at that size; its figures would say nothing about the checkpoint, so none are given.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { initialParameters, isHead, parseModelConfig } from '../../src/models/model.ts';
import type { TrainingConfig } from '../../src/shared/training.ts';
import { hubRepositories, type HubRepository } from '../hubModels.ts';
import type { PublishedSizeRequest, PublishedSizeResult } from './publishedSizePage.ts';
import { withServedPage } from './servedPage.ts';

declare global {
  interface Window {
    tryPublishedSize: (request: PublishedSizeRequest) => Promise<PublishedSizeResult>;
  }
}

/** What each recipe's original fine-tunes. */
const checkpoints: Record<string, string | undefined> = {
  'distilbert-5fold': 'distilbert/distilbert-base-uncased',
  'deberta-weighted': 'microsoft/deberta-v3-small',
  'roberta-normalised': 'FacebookAI/roberta-base',
};

export interface PublishedSizeOptions {
  recipe: string;
  settings: Partial<TrainingConfig>;
  seed: number;
  /** Rows to learn from. */
  rows: number;
  json: string | undefined;
}

/** Trains for an epoch on a few rows and prints what it cost. @returns false for a recipe that has no published checkpoint */
export async function tryPublishedSize(
  file: string,
  { recipe, settings, seed, rows, json }: PublishedSizeOptions,
): Promise<boolean> {
  const model = checkpoints[recipe];
  const repository = hubRepositories().find(({ id }) => id === model);
  if (!model || !repository) return false;
  const bytes = (await readFile(file)).toString('base64');
  const request = { fileName: basename(file), bytes, recipe, model, settings, seed, rows };
  const folder = await mkdtemp(join(tmpdir(), 'rung-checkpoint-'));
  try {
    // On disk, as a user has it: half a gigabyte in the page's memory is more than a browser reads back.
    const paths = await writeCheckpoint(folder, repository, seed);
    const result = await withServedPage('tools/eval/publishedSize.html', async (open) => {
      const page = await open();
      await page.waitForFunction(() => typeof window.tryPublishedSize === 'function');
      await page.setInputFiles('#checkpoint', paths);
      return page.evaluate((sent) => window.tryPublishedSize(sent), request);
    });
    await tell(recipe, model, result, json);
  } finally {
    await rm(folder, { recursive: true });
  }
  return true;
}

/** Config and tokenizer of the checkpoint, and weights drawn in its shapes, without a head. @returns the paths of its files */
async function writeCheckpoint(folder: string, repository: HubRepository, seed: number): Promise<string[]> {
  const small = [...repository.files].filter(([name]) => !/\.(safetensors|bin|h5|md)$/.test(name));
  const read = ([name, content]: (typeof small)[number]) => ({ name, bytes: content.read(0, content.size) });
  const files = small.map(read);
  const config = parseModelConfig(
    JSON.parse(files.find(({ name }) => name === 'config.json')?.bytes.toString() ?? '') as unknown,
  );
  const drawn = initialParameters(config, seed, (name) => !isHead(config, name));
  const weights = { name: 'model.safetensors', bytes: writeSafetensors(drawn, { dtype: 'F32' }) };
  return Promise.all(
    [...files, weights].map(async ({ name, bytes }) => {
      await writeFile(join(folder, name), bytes);
      return join(folder, name);
    }),
  );
}

async function tell(recipe: string, model: string, result: PublishedSizeResult, json?: string): Promise<void> {
  const { parameters, steps, batchSize, firstLoss, lastLoss, secondsPerStep, backend } = result;
  const millions = (parameters / 1e6).toFixed(1);
  console.log(`${recipe}, weights drawn at random in the shapes of ${model}: ${millions} million parameters`);
  console.log(`${steps} steps of ${batchSize} titles, loss ${firstLoss.toFixed(3)} to ${lastLoss.toFixed(3)}`);
  console.log(`${secondsPerStep.toFixed(1)} s a step on ${backend}`);
  console.log('figures: not measured (the published weights are not at hand, and random ones say nothing of them)');
  const kept = { recipe, model, measured: false, ...result };
  if (json) await writeFile(json, `${JSON.stringify(kept, null, 2)}\n`);
}
