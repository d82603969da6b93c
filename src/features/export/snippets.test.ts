import { expect, it } from 'vitest';
import { pythonSnippet } from './snippets.ts';

const steps = { html: false, unicode: false, separators: false, symbols: false, lowercase: false, whitespace: false };

it('cleans titles in Python with the steps that are on, in their order', () => {
  const code = pythonSnippet('run', 48, { ...steps, whitespace: true, lowercase: true });
  expect(code).toContain(`def clean(title):  # as rung.json says the titles were for training
    title = title.lower()
    title = " ".join(title.split())
    return title
`);
  expect(code).not.toMatch(/title = html\.unescape|NFKC/);
  expect(code).toContain('tokenizer([clean(title) for title in titles]');
  expect(code).toContain('max_length=48');
  expect(code).toContain('rung.json", encoding="utf-8"))["thresholds"]');
});

it('averages several models in Python', () => {
  expect(pythonSnippet('run', 48, steps)).not.toContain('member');
  const code = pythonSnippet('run', 48, steps, false, 3);
  expect(code).toContain('from safetensors.torch import load_file\nfrom transformers import');
  expect(code).toContain('for number in range(2, 4):');
  expect(code).toContain('mean(0).sigmoid().tolist()');
});

it('is valid Python when nothing is cleaned and the name has quotes', () => {
  const code = pythonSnippet('my "run"', 64, steps);
  expect(code).toContain('training\n    return title\n');
  expect(code).toContain(String.raw`folder = "my \"run\""`);
});
