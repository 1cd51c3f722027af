/** The validity of a version, in epoch milliseconds, half-open; infinite where it is open. */
export interface Validity {
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

/** Where a new version goes among those of the same price. */
export interface Placement {
  /** Begins; -Infinity for the beginning of time. */
  readonly from: number;
  readonly to: number;
  /** The version that ends where the new one begins. */
  readonly ended: Validity | undefined;
}

/**
 * Places a version among the others, which do not overlap. It ends the one that was valid at its start, which keeps what lies before, and lasts as long as that
 * one would have, so until the next that was already announced. Left open, the first version begins with time and a later one now.
 */
export function placeVersion(versions: readonly Validity[], wanted: number | undefined, now: number): Placement {
  const from = wanted ?? (versions.length === 0 ? Number.NEGATIVE_INFINITY : now);
  const ended = versions.find((version) => version.from <= from && from < version.to);
  const next = versions
    .filter((version) => version.from > from)
    .reduce((soonest, version) => Math.min(soonest, version.from), Number.POSITIVE_INFINITY);
  return { from, to: ended?.to ?? next, ended };
}
