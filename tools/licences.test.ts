import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryOf } from './licences.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rung-licences-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['MIT', 'MIT License, permission is hereby granted', '## some 1.2.3 (MIT)\n\nMIT License'],
  [
    'MIT',
    'Apache License\nVersion 2.0',
    '## some 1.2.3 (MIT by its package.json, Apache-2.0 by its licence text)\n\nApache',
  ],
  ['Apache-2.0', '\n  Apache License', '## some 1.2.3 (Apache-2.0)\n\nApache License\n'],
])('%s with %j', (license, text, begins) => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'some', version: '1.2.3', license }));
  writeFileSync(join(folder, 'LICENSE.md'), text);
  expect(entryOf(folder, 'the text of Apache')).toContain(begins);
});

it('takes the text of Apache 2.0 where a package names it and carries none', () => {
  rmSync(join(folder, 'LICENSE.md'));
  expect(entryOf(folder, 'the text of Apache')).toBe('## some 1.2.3 (Apache-2.0)\n\nthe text of Apache\n');
});
