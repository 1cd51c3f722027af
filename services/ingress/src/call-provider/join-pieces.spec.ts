import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinPieces } from './join-pieces';

describe('pieces of a stream', () => {
  it('that follow each other leave as one, in the same memory', () => {
    const memory = Buffer.from('abcdefgh-xy');
    const [chunk, other] = [memory.subarray(0, 8), memory.subarray(9)];
    const joined = joinPieces([chunk.subarray(0, 2), chunk.subarray(2, 5), chunk.subarray(6, 8), other]);
    expect(joined.map(String)).toEqual(['abcde', 'gh', 'xy']);
    expect(joined[0]!.buffer).toBe(chunk.buffer);
  });

  it('say the same in the same order, however they are cut and whatever is left out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.boolean())), (parts) => {
        const chunk = Buffer.from(parts.map(([text]) => text).join(''));
        let at = 0;
        const pieces = parts.map(([text, kept]) => {
          const piece = chunk.subarray(at, (at += Buffer.byteLength(text)));
          return kept ? piece : null;
        });
        const left = pieces.filter((piece) => piece !== null);
        expect(Buffer.concat(joinPieces(left)).equals(Buffer.concat(left))).toBe(true);
      }),
    );
  });
});
