import { expect, it } from 'vitest';
import { fileNameOf } from './packageContents.ts';

it.each([
  ['Levels, 2nd try', 'Levels, 2nd try'],
  ['12/05: baseline?', '12-05- baseline'],
  ['../../etc/passwd', 'etc-passwd'],
  ['Führung – Ebene', 'Führung – Ebene'],
  ['   ', 'rung-model'],
  ['NUL', 'rung-model'],
  ['...', 'rung-model'],
  ['a\u0000b\nc', 'a-b-c'],
  ['x'.repeat(300), 'x'.repeat(100)],
])('%j becomes %j', (name, fileName) => {
  expect(fileNameOf(name)).toBe(fileName);
});
