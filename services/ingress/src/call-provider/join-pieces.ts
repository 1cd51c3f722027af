/** Puts pieces together that follow each other in one memory, without copying: what arrived in one piece leaves in one. */
export function joinPieces(pieces: readonly Buffer[]): readonly Buffer[] {
  if (pieces.length < 2) return pieces;
  const joined: Buffer[] = [];
  let first = pieces[0]!;
  let end = first.byteOffset + first.length;
  for (let index = 1; index < pieces.length; index += 1) {
    const piece = pieces[index]!;
    if (piece.buffer === first.buffer && piece.byteOffset === end) {
      end += piece.length;
      continue;
    }
    joined.push(spanOf(first, end));
    first = piece;
    end = first.byteOffset + first.length;
  }
  joined.push(spanOf(first, end));
  return joined;
}

function spanOf(first: Buffer, end: number): Buffer {
  const length = end - first.byteOffset;
  return length === first.length ? first : Buffer.from(first.buffer, first.byteOffset, length);
}
