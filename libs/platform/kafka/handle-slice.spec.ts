import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PoisonRecordError } from './failures';
import { handleSlice, type SliceSteps } from './handle-slice';

class Away extends Error {}

function steps(
  handle: (records: readonly number[]) => void,
  overrides: Partial<SliceSteps<number>> = {},
): SliceSteps<number> & { setAside: [number, string][]; handled: number[] } {
  const setAside: [number, string][] = [];
  const handled: number[] = [];
  return {
    setAside,
    handled,
    signal: new AbortController().signal,
    isTransient: (error) => error instanceof Away,
    onFailure: () => undefined,
    deadLetter: (record, error) => {
      setAside.push([record, (error as Error).message]);
      return Promise.resolve();
    },
    handle: (records) => {
      try {
        handle(records);
        handled.push(...records);
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error as Error);
      }
    },
    ...overrides,
  };
}

describe('handling a slice', () => {
  it('hands over all records at once when nothing is wrong', async () => {
    const calls: number[] = [];
    const run = steps((records) => void calls.push(records.length));
    await expect(handleSlice([1, 2, 3, 4], run)).resolves.toBe(true);
    expect(calls).toEqual([4]);
  });

  it('repeats the same records after a transient failure and sets none aside', async () => {
    let attempts = 0;
    const run = steps(() => {
      attempts += 1;
      if (attempts < 3) throw new Away('database away');
    });
    await expect(handleSlice([1, 2], run)).resolves.toBe(true);
    expect(attempts).toBe(3);
    expect(run.setAside).toEqual([]);
    expect(run.handled).toEqual([1, 2]);
  });

  it('tries a suspect record three times before it is set aside', async () => {
    let attempts = 0;
    const run = steps(() => {
      attempts += 1;
      throw new Error('bad');
    });
    await handleSlice([7], run);
    expect(attempts).toBe(3);
    expect(run.setAside).toEqual([[7, 'bad']]);
  });

  it('sets a record aside at once when the handler says that it is poison', async () => {
    let attempts = 0;
    const run = steps(() => {
      attempts += 1;
      throw new PoisonRecordError('unknown unit');
    });
    await handleSlice([7], run);
    expect(attempts).toBe(1);
    expect(run.setAside).toEqual([[7, 'unknown unit']]);
  });

  it('waits while the dead letter cannot be written, and does not give the record up', async () => {
    let writes = 0;
    const run = steps(
      () => {
        throw new PoisonRecordError('bad');
      },
      {
        deadLetter: () => {
          writes += 1;
          return writes < 3 ? Promise.reject(new Away('broker away')) : Promise.resolve();
        },
      },
    );
    await expect(handleSlice([7], run)).resolves.toBe(true);
    expect(writes).toBe(3);
  });

  it('stops without setting anything aside when the partition is lost during an outage', async () => {
    const lost = new AbortController();
    const run = steps(
      () => {
        throw new Away('database away');
      },
      { signal: lost.signal },
    );
    setTimeout(() => lost.abort(), 30);
    await expect(handleSlice([1, 2], run)).resolves.toBe(false);
    expect(run.setAside).toEqual([]);
  });

  it('isolates exactly the poison records, whichever they are, and handles every other once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 }), fc.func(fc.boolean()), async (records, isPoison) => {
        const poison = records.filter((record) => isPoison(record));
        const run = steps((part) => {
          if (part.some((record) => poison.includes(record))) throw new PoisonRecordError('bad');
        });
        await handleSlice(records, run);
        expect(run.setAside.map(([record]) => record)).toEqual(poison);
        expect(run.handled).toEqual(records.filter((record) => !poison.includes(record)));
      }),
    );
  });
});
