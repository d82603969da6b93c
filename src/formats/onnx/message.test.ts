import { expect, it } from 'vitest';
import { Message } from './message.ts';

async function bytesOf(message: Message): Promise<number[]> {
  const bytes = [...new Uint8Array(await message.toBlob().arrayBuffer())];
  expect(message.byteLength).toBe(bytes.length);
  return bytes;
}

it('writes the examples of the Protocol Buffers guide', async () => {
  expect(await bytesOf(new Message().integer(1, 150))).toEqual([0x08, 0x96, 0x01]);
  expect(await bytesOf(new Message().text(2, 'testing'))).toEqual([0x12, 7, ...new TextEncoder().encode('testing')]);
  expect(await bytesOf(new Message().message(3, new Message().integer(1, 150)))).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
});

it('writes zero, negative and large numbers, floats and tags of two bytes', async () => {
  expect(await bytesOf(new Message().integer(1, 0))).toEqual([8, 0]);
  expect(await bytesOf(new Message().integer(1, -2))).toEqual([8, 0xfe, ...Array<number>(8).fill(0xff), 1]);
  expect(await bytesOf(new Message().integer(1, 2 ** 31))).toEqual([8, 0x80, 0x80, 0x80, 0x80, 8]);
  expect(await bytesOf(new Message().float(2, 1))).toEqual([0x15, 0, 0, 0x80, 0x3f]);
  expect(await bytesOf(new Message().double(2, 1))).toEqual([0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect([...new Message().double(2, 1).toBytes()]).toEqual([0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect(await bytesOf(new Message().integer(20, 1))).toEqual([0xa0, 1, 1]);
  expect(await bytesOf(new Message().text(1, 'é'))).toEqual([10, 2, 0xc3, 0xa9]);
});

it('makes the bytes of a payload only when they are written', async () => {
  let made = 0;
  const payload = {
    byteLength: 3,
    bytes: () => {
      made++;
      return Uint8Array.of(1, 2, 3);
    },
  };
  const message = new Message().message(1, new Message().payload(9, payload)).integer(2, 1);
  expect(made).toBe(0);
  expect(await bytesOf(message)).toEqual([10, 5, 0x4a, 3, 1, 2, 3, 16, 1]);
  expect(made).toBe(1);
});
