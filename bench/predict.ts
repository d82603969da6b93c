/**
 * Titles a second of the app's predictor beside `@huggingface/transformers` running the exported ONNX (float32) of the same model on the
 * same backend with the same number of threads, in turn, in one worker of a production build in headless Chromium:
 *   npm run bench -- predict [--backend wasm|webgpu] [--titles 1000] [--times 5] [--no-isolation]
 */
import { parseArgs } from 'node:util';
import { onBenchPage } from './benchPage.ts';
import { median } from './median.ts';
import { descendantSeconds } from './processorTime.ts';
import type { PredictAnswer, PredictCommand } from './predict.worker.ts';

declare global {
  interface Window {
    askPredictor: (command: PredictCommand) => Promise<PredictAnswer>;
  }
}

const contenders: [string, PredictCommand][] = [
  ['Rung', { ask: 'rung' }],
  ['transformers.js, 64 at a time in file order', { ask: 'transformers', batch: 64, sorted: false }],
  ['transformers.js, 64 at a time by length', { ask: 'transformers', batch: 64, sorted: true }],
];

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'wasm' },
      titles: { type: 'string', default: '1000' },
      times: { type: 'string', default: '5' },
      'no-isolation': { type: 'boolean', default: false },
    },
  });
  const backend = values.backend === 'webgpu' ? 'webgpu' : 'wasm';
  await onBenchPage(!values['no-isolation'], async (page) => {
    const ask = (command: PredictCommand): Promise<PredictAnswer> =>
      page.evaluate((sent) => window.askPredictor(sent), command);
    const { device, titles, tokens } = await ask({ ask: 'start', backend, titles: Number(values.titles) });
    console.log(
      `${device}; ${titles} different titles of ${(tokens / titles).toFixed(1)} tokens, medians of ${values.times}`,
    );
    const taken = contenders.map(() => ({ wall: [] as number[], processor: [] as number[], difference: 0 }));
    // The first round compiles and is not counted. In turn, so that what else the machine does hits all.
    for (let round = 0; round <= Number(values.times); round++) {
      for (const [i, [, command]] of contenders.entries()) {
        const before = descendantSeconds();
        const { seconds, difference } = await ask(command);
        taken[i].difference = Math.max(taken[i].difference, difference);
        if (round === 0) continue;
        taken[i].wall.push(seconds);
        taken[i].processor.push(descendantSeconds() - before);
      }
    }
    console.log(table(taken, titles));
  });
  return 0;
}

interface Taken {
  wall: number[];
  processor: number[];
  difference: number;
}

function table(taken: readonly Taken[], titles: number): string {
  const rows = taken.map(({ wall, processor, difference }, i) => {
    const times = (of: 'wall' | 'processor'): string => `${(median(taken[i][of]) / median(taken[0][of])).toFixed(2)}x`;
    return [
      contenders[i][0],
      (titles / median(wall)).toFixed(0),
      times('wall'),
      (titles / median(processor)).toFixed(0),
      times('processor'),
      difference.toExponential(1),
    ];
  });
  const head = ['', 'titles/s', 'slower', 'titles/processor s', 'more', 'difference'];
  return [head, ...rows]
    .map(([name, ...cells]) => name.padEnd(46) + cells.map((cell) => cell.padStart(20)).join(''))
    .join('\n');
}
