import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { htmlPage } from './htmlPage.ts';
import { packWeights, PackedWeights } from './htmlWeights.ts';

const between = (text: string, open: string, close: string): string => text.split(open)[1].split(close)[0];

const digest = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

describe('htmlPage', () => {
  const nasty = '</script><script>alert(1)</script><!-- & "';
  const program = `/* lines\r\nof a licence\r */ const a = '</script>'; const b = "<!--<script>";`;
  const weights = Uint8Array.from({ length: 50_001 }, (_, i) => i % 251);
  const text = htmlPage({ name: nasty, program, payload: { nasty }, weights }).text();

  it('holds its parts so that nothing of them ends its element', async () => {
    const html = await text;
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(JSON.parse(between(html, 'id="model">', '</script>'))).toEqual({ nasty });
    expect(Buffer.from(between(html, 'id="weights">', '</script>'), 'base64')).toEqual(Buffer.from(weights));
    expect(runInNewContext(`${between(html, 'id="program">', '</script>')}; [a, b]`)).toEqual([
      '</script>',
      '<!--<script>',
    ]);
    expect(html).toContain('<title>&lt;/script&gt;');
  });

  it('lets nothing run but its own program and style, and nothing be fetched', async () => {
    const html = await text;
    const policy = between(html, 'http-equiv="Content-Security-Policy" content="', '"');
    // A parser has no carriage returns: the hash of a script with one would be another's.
    expect(html).not.toContain('\r');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${digest(between(html, 'id="program">', '</script>'))} 'wasm-unsafe-eval'`);
    expect(policy).toContain(`style-src ${digest(between(html, '<style>', '</style>'))}`);
    expect(policy).not.toMatch(/unsafe-inline|https?:|connect-src/);
  });
});

describe('packWeights', () => {
  it('reads back whole tensors and rows: float16 within 2^-11, 8 bits within half a step of the row', () => {
    const matrix = {
      shape: [3, 5],
      data: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i) * 10 ** (Math.floor(i / 5) - 1)),
    };
    const zero = { shape: [1, 3], data: new Float32Array(3) };
    const bias = { shape: [3], data: Float32Array.of(0.1, -2e-9, 1e9) };
    for (const precision of ['fp32', 'fp16', 'int8'] as const) {
      const { tensors, bytes } = packWeights(new Map(Object.entries({ odd: zero, matrix, bias })), precision);
      const weights = new PackedWeights(tensors, bytes.buffer);
      const whole = new Float32Array(15);
      weights.read('matrix', whole);
      for (let row = 0; row < 3; row++) {
        const own = matrix.data.subarray(row * 5, row * 5 + 5);
        const read = new Float32Array(5);
        weights.read('matrix', read, row);
        expect(read).toEqual(whole.subarray(row * 5, row * 5 + 5));
        const largest = Math.max(...own.map(Math.abs));
        const step = { fp32: 0, fp16: largest * 2 ** -11, int8: (largest / 254) * 1.0001 }[precision];
        for (const [i, value] of read.entries()) expect(Math.abs(value - own[i])).toBeLessThanOrEqual(step);
      }
      const vector = new Float32Array(3);
      weights.read('bias', vector);
      expect(vector).toEqual(bias.data);
      weights.read('odd', vector);
      expect([...vector]).toEqual([0, 0, 0]);
      expect(() => weights.read('matrix', whole, 1)).toThrow('matrix have 3 rows only');
    }
  });
});
