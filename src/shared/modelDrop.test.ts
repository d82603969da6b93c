import { expect, it } from 'vitest';
import { holdsModel, namedByPath } from './modelDrop.ts';

const files = (...names: string[]): File[] => names.map((name) => new File(['x'], name));

it.each<[string[], boolean]>([
  [['model.zip'], true],
  [['config.json', 'notes.txt'], true],
  [['model-00001-of-00002.safetensors'], true],
  [['pytorch_model.bin'], true],
  [['titles.csv'], false],
  [['titles.csv', 'archive.zip'], false],
  [['package.json'], true],
  [[], false],
])('%j: %s', (names, expected) => {
  expect(holdsModel(files(...names))).toBe(expected);
});

it('keeps the folder of a file in its name', async () => {
  const dropped = Object.assign(new File(['abc'], 'config.json'), { path: '/minilm/1_Pooling/config.json' });
  const named = namedByPath(dropped);
  expect([named.name, await named.text()]).toEqual(['minilm/1_Pooling/config.json', 'abc']);
  const plain = Object.assign(new File([], 'a.zip'), { path: './a.zip' });
  expect(namedByPath(plain)).toBe(plain);
});
