import { describe, expect, it } from 'vitest';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { BatchCoalescer } from './batch-coalescer';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('coalesced batches', () => {
  it('share one transaction when they arrive together', async () => {
    const applied: number[][] = [];
    const batches = new BatchCoalescer<number>(async (items) => void applied.push([...items]));
    await Promise.all([batches.submit([1, 2]), batches.submit([3]), batches.submit([4, 5])]);
    expect(applied).toEqual([[1, 2, 3, 4, 5]]);
  });
  it('wait for the transaction under way, and stay below the bound', async () => {
    const applied: number[][] = [];
    const batches = new BatchCoalescer<number>(async (items) => (await turn(), void applied.push([...items])), 3);
    const first = batches.submit([1]);
    await turn();
    await Promise.all([first, batches.submit([2, 3]), batches.submit([4, 5]), batches.submit([6, 7, 8, 9])]);
    expect(applied).toEqual([[1], [2, 3], [4, 5], [6, 7, 8, 9]]);
  });
  it('fail alone: another’s poison does not fail a good batch', async () => {
    const applied: number[] = [];
    const batches = new BatchCoalescer<number>(async (items) => {
      if (items.includes(13)) throw new PoisonRecordError('thirteen');
      applied.push(...items);
    });
    const outcomes = await Promise.allSettled([batches.submit([1]), batches.submit([13, 14]), batches.submit([2])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(applied).toEqual([1, 2]);
  });
  it('fail together, and are tried once, while the database is away', async () => {
    let attempts = 0;
    const batches = new BatchCoalescer<number>(async () => {
      attempts += 1;
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    });
    const outcomes = await Promise.allSettled([batches.submit([1]), batches.submit([2])]);
    expect([attempts, ...outcomes.map(({ status }) => status)]).toEqual([1, 'rejected', 'rejected']);
    await expect(batches.submit([3])).rejects.toThrow('refused');
  });
});
