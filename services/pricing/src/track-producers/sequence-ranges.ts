/** Inclusive bounds of consecutive numbers. */
export interface SequenceRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** The numbers as ranges, ascending, without overlap or adjacency. */
export function toRanges(sequences: readonly bigint[]): SequenceRange[] {
  const sorted = [...sequences].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const ranges: { from: bigint; to: bigint }[] = [];
  for (const sequence of sorted) {
    const last = ranges.at(-1);
    if (last && sequence <= last.to + 1n) last.to = sequence > last.to ? sequence : last.to;
    else ranges.push({ from: sequence, to: sequence });
  }
  return ranges;
}

/** As PostgreSQL's int8multirange. */
export function multirange(ranges: readonly SequenceRange[]): string {
  return `{${ranges.map(({ from, to }) => `[${from},${to}]`).join(',')}}`;
}
