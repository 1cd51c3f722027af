import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multirange, toRanges } from './sequence-ranges';

describe('ranges of numbers', () => {
  it.each<[bigint[], string]>([
    [[], '{}'],
    [[1n], '{[1,1]}'],
    [[3n, 1n, 2n], '{[1,3]}'],
    [[5n, 1n, 2n, 2n, 7n], '{[1,2],[5,5],[7,7]}'],
  ])('%s are %s', (sequences, expected) => {
    expect(multirange(toRanges(sequences))).toBe(expected);
  });

  it('hold exactly the numbers that they were made of, in any order and however often', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (numbers) => {
        const inside = toRanges(numbers.map(BigInt)).flatMap(({ from, to }) =>
          Array.from({ length: Number(to - from) + 1 }, (_, index) => Number(from) + index),
        );
        expect(inside).toEqual([...new Set(numbers)].sort((left, right) => left - right));
      }),
    );
  });
});
