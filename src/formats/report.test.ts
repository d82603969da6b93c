import { describe, expect, it } from 'vitest';
import { exampleRun } from '../testing/exampleRun.ts';
import { testRecord } from '../testing/runRecord.ts';
import { reportHtml, type ReportInput } from './report.ts';
import { chartSvg } from './reportCharts.ts';

const run = testRecord({ name: '<script>alert(1)</script> & co' });
const input: ReportInput = {
  run,
  findings: [{ severity: 'warning', title: '82 rows have a near duplicate', detail: 'They stay on one side.' }],
  calibration: [
    { points: [{ x: 0.1, y: 0.2 }, { x: 0.9, y: 0.8 }], error: 0.1234 }, // prettier-ignore
    { points: [{ x: 0.5, y: 0.5 }], error: 0 },
    { points: [], error: null },
  ],
  wrong: [{ row: 7, title: 'A <b>secret</b> title', actual: 'Director', predicted: '' }],
  wrongCount: 12,
};

describe('the report of a run', () => {
  const html = reportHtml(input);

  it('needs nothing but itself, and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; co');
    expect(html).toContain('A &lt;b&gt;secret&lt;/b&gt; title');
  });

  it('says figures with intervals, and what is not known', () => {
    expect(html).toContain('<td>Micro-F1</td><td>0.91 (0.86 to 0.95)</td>');
    expect(html).toContain('<td>Owner</td><td>4</td><td>1</td><td>0</td><td>0.50</td><td>not enough rows to say</td>');
    expect(html).toContain('Director: calibration error 0.123');
    expect(html).not.toContain('Owner: calibration error');
    expect(html).toContain('12 of 1 test titles. The 1 surest mistakes:');
    expect(html).toContain('82 rows have a near duplicate');
    expect(html).toContain('<td>weight decay</td><td>0.01</td>');
  });

  it('says that the table was not open, and that a run was not measured', () => {
    expect(reportHtml({ ...input, findings: null })).toContain('titles.xlsx was not open when it was made');
    expect(reportHtml({ ...input, run: exampleRun('a') })).toContain('Not measured.');
  });

  it('says which thresholds were moved by hand', () => {
    const moved = { ...run, thresholds: [0.4, 0.7, 0.5] };
    expect(reportHtml({ ...input, run: moved })).toContain('<strong>Thresholds moved by hand:</strong> Manager.');
    expect(html).not.toContain('moved by hand');
  });

  it('begins the curves of each averaged model anew', () => {
    const points = [1, 2, 3, 4].map((x) => ({ x, y: 1 / x }));
    const line = { name: 'training', points, dash: '', colour: '#000' };
    const pieces = (starts: number[]): number[] =>
      Array.from(
        chartSvg({ title: 'Loss', xName: 'epoch', lines: [{ ...line, starts }] }).matchAll(
          /<polyline points="([^"]*)"/g,
        ),
        ([, path]) => path.split(' ').length,
      );
    expect(pieces([])).toEqual([4]);
    // The third model has begun and ended no epoch.
    expect(pieces([2, 4])).toEqual([2, 2]);
    expect(pieces([3])).toEqual([3, 1]);
  });

  it('draws the curves of a training inside their frame', () => {
    const points = exampleRun('a').epochs.map(({ epoch, trainLoss }) => ({ x: epoch, y: trainLoss }));
    const svg = chartSvg({
      title: 'Loss',
      xName: 'epoch',
      lines: [{ name: 'training', points, dash: '', colour: '#000' }],
    });
    const drawn = /<polyline points="([^"]+)"/
      .exec(svg)![1]
      .split(' ')
      .map((pair) => pair.split(',').map(Number));
    expect(drawn.length).toBe(points.length);
    expect(drawn[0]).toEqual([42, expect.any(Number)]);
    for (const [x, y] of drawn) {
      expect(x).toBeGreaterThanOrEqual(42);
      expect(x).toBeLessThanOrEqual(238);
      expect(y).toBeGreaterThanOrEqual(12);
      expect(y).toBeLessThanOrEqual(174);
    }
  });
});
