/**
 * `npm run bench:kernels`: each hand-written kernel, forward and backward, beside the stock tfjs ops that it stands for.
 *   npm run bench:kernels -- [--backend webgpu|wasm] [--hidden 128] [--titles 32] [--times 5] [--only NAME]
 */
import { parseArgs } from 'node:util';
import { onBenchPage } from './benchPage.ts';
import type { Cost, KernelRequest, KernelResult } from './kernels.worker.ts';

declare global {
  interface Window {
    measureKernels: (request: KernelRequest) => Promise<KernelResult>;
  }
}

export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string' },
      hidden: { type: 'string', default: '128' },
      titles: { type: 'string', default: '32' },
      times: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
    },
  });
  const backends = (['webgpu', 'wasm'] as const).filter((name) => !values.backend || name === values.backend);
  for (const backend of backends) {
    const request = {
      backend,
      hidden: Number(values.hidden),
      titles: Number(values.titles),
      times: Number(values.times),
      only: values.only,
    };
    const result = await onBenchPage(true, (page) => page.evaluate((sent) => window.measureKernels(sent), request));
    console.log(markdown(result));
  }
  return 0;
}

function markdown({ device, rows }: KernelResult): string {
  const onGpu = device.backend === 'webgpu';
  const columns = onGpu ? ['ms', 'dispatches', 'MB'] : ['ms'];
  const head = ['kernel', ...columns, ...columns.map((name) => `${name}, composed`), 'times faster'];
  const cells = (cost: Cost | null): string[] => {
    if (!cost) return columns.map(() => '');
    const all = [cost.ms.toFixed(2), String(cost.dispatches), (cost.bytes / 1e6).toFixed(2)];
    return all.slice(0, columns.length);
  };
  const lines = rows.map(({ name, own, composed }) => [
    name,
    ...cells(own),
    ...cells(composed),
    composed ? (composed.ms / own.ms).toFixed(1) : '',
  ]);
  const table = [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`);
  return [`${device.backend}: ${device.name}`, '', ...table, ''].join('\n');
}
