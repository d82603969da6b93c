import { describe, expect, it, vi } from 'vitest';
import { RowPages } from './rowPages.ts';

const numbers = (offset: number, limit: number) => Array.from({ length: limit }, (_, i) => offset + i);
type Fetch = (offset: number, limit: number) => Promise<number[]>;
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('RowPages', () => {
  it('has rows of an in-memory table at once', () => {
    const pages = new RowPages(numbers, vi.fn<() => void>());
    expect(pages.want(95, 110, 250)).toBe(true);
    expect([pages.at(95), pages.at(109), pages.at(249)]).toEqual([95, 109, undefined]);
    expect(pages.want(95, 110, 250)).toBe(false);
  });

  it('asks for each window once and says when it has come', async () => {
    const fetchRows = vi.fn<Fetch>(async (offset: number, limit: number) => numbers(offset, limit));
    const changed = vi.fn<() => void>();
    const pages = new RowPages(fetchRows, changed);
    expect(pages.want(0, 20, 130)).toBe(false);
    pages.want(5, 25, 130);
    expect(pages.at(5)).toBeUndefined();
    await settled();
    expect(pages.at(5)).toBe(5);
    expect(fetchRows.mock.calls).toEqual([[0, 100]]);
    expect(changed).toHaveBeenCalledTimes(1);
    pages.want(110, 130, 130);
    await settled();
    expect(fetchRows.mock.calls.at(-1)).toEqual([100, 30]);
  });

  it('skips what was only passed by while scrolling fast', async () => {
    const asked: number[] = [];
    const pages = new RowPages(async (offset: number, limit: number) => {
      asked.push(offset);
      await settled();
      return numbers(offset, limit);
    }, vi.fn<() => void>());
    for (let first = 0; first < 200_000; first += 100) pages.want(first, first + 30, 200_000);
    for (let i = 0; i < 5; i++) await settled();
    expect(asked).toEqual([0, 100, 199_900]);
    expect(pages.at(199_910)).toBe(199_910);
  });

  it('keeps a bounded number of pages', () => {
    const pages = new RowPages(numbers, vi.fn<() => void>());
    for (let first = 0; first < 200_000; first += 100) pages.want(first, first + 30, 200_000);
    expect(pages.at(0)).toBeUndefined();
    expect(pages.at(199_910)).toBe(199_910);
  });

  it('reports a failed window once, and fetches it again on retry', async () => {
    let broken = true;
    const fetchRows = vi.fn<Fetch>(async (offset: number, limit: number) => {
      if (broken) throw new Error('worker gone');
      return numbers(offset, limit);
    });
    const pages = new RowPages(fetchRows, vi.fn<() => void>());
    pages.want(0, 20, 100);
    await settled();
    expect(pages.failed).toBe(true);
    pages.want(0, 25, 100);
    await settled();
    expect(fetchRows).toHaveBeenCalledTimes(1);
    broken = false;
    pages.retry();
    await settled();
    expect(pages.failed).toBe(false);
    expect(pages.at(20)).toBe(20);
  });

  it('takes an answer that is too short for a failure instead of asking for ever', async () => {
    const fetchRows = vi.fn<Fetch>(async () => [0, 1, 2]);
    const pages = new RowPages<number>(fetchRows, vi.fn<() => void>());
    pages.want(0, 20, 100);
    for (let i = 0; i < 3; i++) await settled();
    expect(fetchRows).toHaveBeenCalledTimes(1);
    expect(pages.failed).toBe(true);
    expect(pages.at(2)).toBe(2);
  });

  it('fills up the last page of a table that grows', () => {
    const pages = new RowPages(numbers, vi.fn<() => void>());
    pages.want(0, 20, 40);
    expect(pages.at(60)).toBeUndefined();
    expect(pages.want(0, 20, 80)).toBe(true);
    expect(pages.at(60)).toBe(60);
  });
});
