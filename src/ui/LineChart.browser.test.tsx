import '@mantine/core/styles.css';
import './tokens.css';
import { MantineProvider } from '@mantine/core';
import { expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { LineChart, type LineChartProps } from './LineChart.tsx';

const loss: LineChartProps = {
  title: 'Loss',
  xDomain: [0, 4],
  xName: 'epoch',
  xStep: 1,
  formatY: (y) => y.toFixed(2),
  series: [
    { id: 'train', name: 'training', colour: 'red', points: [1, 2, 3].map((x) => ({ x, y: 1 / x })) },
    {
      id: 'validation',
      name: 'validation',
      colour: 'blue',
      dash: '4 2',
      points: [1, 2, 3].map((x) => ({ x, y: 1.02 / x })),
    },
  ],
};

async function draw(props: Partial<LineChartProps> = {}) {
  return render(
    <MantineProvider>
      <div style={{ width: 640 }}>
        <LineChart {...loss} {...props} />
      </div>
    </MantineProvider>,
  );
}

it('names the lines at their ends with the last value, without overlap', async () => {
  const screen = await draw();
  const training = screen.getByText('0.33 training');
  const validation = screen.getByText('0.34 validation');
  await expect.element(training).toBeVisible();
  const [above, below] = [validation, training].map((label) => label.element().getBoundingClientRect());
  expect(below.top - above.top).toBeGreaterThanOrEqual(15);
});

it('moves the crosshair by keyboard and tells the values under it', async () => {
  const onHover = vi.fn<(x: number | null) => void>();
  const screen = await draw({ onHover });
  const slider = screen.getByRole('slider', { name: 'Loss' });
  await expect.element(slider).toHaveAttribute('aria-valuetext', 'epoch 3: training 0.33, validation 0.34');
  slider.element().focus();
  await userEvent.keyboard('{ArrowLeft}');
  expect(onHover).toHaveBeenLastCalledWith(2);
});

it('shows the crosshair another chart asks for, at the nearest point of its own', async () => {
  const screen = await draw({ hover: 1.8 });
  await expect.element(screen.getByText('at epoch 2')).toBeVisible();
  await expect.element(screen.getByText('0.50 training')).toBeVisible();
});

it('marks the best epoch', async () => {
  const screen = await draw({ marker: { x: 2, label: 'best: epoch 2' } });
  await expect.element(screen.getByText('best: epoch 2')).toBeVisible();
});

it('begins a line anew where a part begins, and names the part where there is room', async () => {
  const points = [1, 2, 3, 3.5].map((x) => ({ x, y: x / 4 }));
  const parts = [
    { x: 2, label: 'model 2' },
    { x: 3.9, label: 'model 3' },
  ];
  const series = [{ id: 'f1', name: 'F1', colour: 'red', points, starts: parts.map(({ x }) => x) }];
  const screen = await draw({ series, parts });
  await expect.element(screen.getByText('model 2')).toBeVisible();
  const drawn = [...screen.container.querySelectorAll('path.recharts-line-curve')];
  // From 1 to 2, and from 3 to 3.5: one piece of line each, no point of the third part yet.
  expect(drawn.map((path) => path.getAttribute('d')?.match(/[ML]/g)?.join(''))).toEqual(['ML', 'ML']);
  expect(screen.getByText('model 3').elements()).toEqual([]);
});

it('gives the numbers as a table in the same room', async () => {
  const screen = await draw();
  const before = screen.getByRole('figure').element().getBoundingClientRect().height;
  await screen.getByRole('button', { name: 'Loss: show as table' }).click();
  const table = screen.getByRole('table');
  await expect.element(table.getByRole('columnheader', { name: 'validation' })).toBeVisible();
  const cells = [...table.element().querySelectorAll('tbody tr')].map((row) => row.textContent);
  expect(cells).toEqual(['11.001.02', '20.500.51', '30.330.34']);
  expect(screen.getByRole('figure').element().getBoundingClientRect().height).toBe(before);
});

it('says what it waits for, and draws what is left of values that are not finite', async () => {
  const waiting = await draw({ series: [], waiting: 'The first steps draw the first line' });
  await expect.element(waiting.getByText('The first steps draw the first line')).toBeVisible();
  const broken = [
    { x: 1, y: Number.NaN },
    { x: 2, y: 0.5 },
    { x: 3, y: Number.POSITIVE_INFINITY },
  ];
  const screen = await draw({ title: 'Broken', series: [{ id: 'a', name: 'line', colour: 'red', points: broken }] });
  await expect.element(screen.getByText('0.50 line')).toBeVisible();
});

it('thins long lines', async () => {
  const points = Array.from({ length: 50_000 }, (_, i) => ({ x: i / 12_500, y: Math.abs(Math.sin(i / 3000)) }));
  const screen = await draw({ series: [{ id: 'a', name: 'line', colour: 'red', points }] });
  await expect.element(screen.getByText(/^0\.\d\d line$/)).toBeVisible();
  const path = screen.container.querySelector('path[stroke="red"]')?.getAttribute('d') ?? '';
  expect(path.split('L').length).toBe(200);
});

it('draws a single point as a dot of its line, also at the edge', async () => {
  const one = { colour: 'red', points: [{ x: 4, y: 0.5 }] };
  const series = [
    { id: 'a', name: 'line', ...one },
    { id: 'raw', name: 'raw', faint: true, ...one },
  ];
  const screen = await draw({ series });
  await expect.element(screen.getByText('0.50 line')).toBeVisible();
  const dots = [...screen.container.querySelectorAll('circle')];
  expect(dots.map((dot) => dot.getAttribute('fill'))).toEqual(['red']);
  const clip = dots[0].closest('[clip-path]')?.getAttribute('clip-path') ?? '';
  expect(clip).toMatch(/clipPath-dots-/);
});

it('stops its y axis at a round number above the lines and cuts faint ones there', async () => {
  const named = [1, 2, 3].map((x) => ({ x, y: 0.3 }));
  const raw = named.map((point) => ({ ...point, y: 3 * point.y }));
  const series = [
    { id: 'raw', name: 'raw', colour: 'blue', faint: true, points: raw },
    { id: 'a', name: 'line', colour: 'red', points: named },
  ];
  const screen = await draw({ series });
  await expect.element(screen.getByText('0.30 line')).toBeVisible();
  const axis = screen.container.querySelector('.recharts-yAxis-tick-labels');
  expect([...(axis?.querySelectorAll('text') ?? [])].map((tick) => tick.textContent)).toEqual([
    '0',
    '0.1',
    '0.2',
    '0.3',
  ]);
  const faint = screen.container.querySelector('path[stroke="blue"]');
  const clip = /#([^)]+)/.exec(faint?.getAttribute('clip-path') ?? '')?.[1] ?? '';
  const cut = screen.container.querySelector(`[id="${clip}"] rect`);
  expect(cut?.getAttribute('y')).toBe('18');
});
