import type { CutReader } from '@tollgate/platform/kafka';
import { describe, expect, it } from 'vitest';
import { CatchUp } from './catch-up';

const cuts = (bounds: Record<string, [low: bigint, end: bigint][]>): CutReader =>
  ({
    bounds: (topic: string) => Promise.resolve(new Map(bounds[topic]!.map(([low, end], partition) => [partition, { low, end }]))),
  }) as unknown as CutReader;

describe('catching up', () => {
  it('is complete at once where every topic is empty', async () => {
    const pass = new CatchUp(['a', 'b']);
    expect(pass.complete).toBe(false);
    await pass.aim(cuts({ a: [[0n, 0n]], b: [[7n, 7n]] }));
    expect(pass.complete).toBe(true);
  });

  it('waits for the last partition of the last topic', async () => {
    const pass = new CatchUp(['a', 'b']);
    await pass.aim(
      cuts({
        a: [[0n, 3n]],
        b: [
          [0n, 5n],
          [0n, 2n],
        ],
      }),
    );
    pass.reached('a', 0, 3n);
    pass.reached('b', 0, 9n);
    pass.reached('b', 1, 1n);
    expect(pass.complete).toBe(false);
    pass.reached('b', 1, 2n);
    expect(pass.complete).toBe(true);
  });

  it('keeps the newest value of a key and forgets a deleted one', () => {
    const pass = new CatchUp(['a']);
    pass.add('a', 'k', Buffer.from('1'));
    pass.add('a', 'k', Buffer.from('2'));
    pass.add('a', 'gone', Buffer.from('1'));
    pass.add('a', 'gone', null);
    expect([...pass.staged.get('a')!]).toEqual([['k', Buffer.from('2')]]);
  });

  it('ends where only compacted records are left: ten empty polls in a row', async () => {
    const pass = new CatchUp(['a']);
    await pass.aim(cuts({ a: [[0n, 3n]] }));
    pass.reached('a', 0, 2n);
    for (let n = 0; n < 9; n += 1) pass.polled(true);
    expect(pass.complete).toBe(false);
    pass.polled(true);
    expect(pass.complete).toBe(true);
  });

  it('does not take failing polls for empty ones', async () => {
    const pass = new CatchUp(['a']);
    await pass.aim(cuts({ a: [[0n, 3n]] }));
    for (let n = 0; n < 30; n += 1) pass.polled(n % 5 !== 0);
    expect(pass.complete).toBe(false);
  });
});
