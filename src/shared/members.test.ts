import { expect, it } from 'vitest';
import { furtherMembers, memberFile, memberPrefix } from './members.ts';

it('names files and tensors; the first has the names that every tool knows', () => {
  expect([0, 1, 11].map(memberFile)).toEqual(['model.safetensors', 'member-2.safetensors', 'member-12.safetensors']);
  expect([0, 1].map(memberPrefix)).toEqual(['', 'member-2.']);
});

it('finds the further models by their numbers, whatever else lies there', () => {
  const names = ['member-10.safetensors', 'member-2.safetensors', 'member-1.safetensors', 'member-02.safetensors', 'x'];
  expect(furtherMembers(names)).toEqual(['member-2.safetensors', 'member-10.safetensors']);
});
