import { randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** Below half of its range, so that counting on from it never wraps. */
const FIRST_SEQUENCE_BELOW = 2 ** 31;
let lastMs = -Infinity;
let sequence = 0;

/**
 * A UUIDv7 of the time given, greater than every one that this process made before: lists and the audit log are in the order of ids, and two entries of
 * one millisecond, or of a clock that was set back, keep theirs.
 */
export function orderedId(nowMs: number): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = randomInt(FIRST_SEQUENCE_BELOW);
  } else {
    sequence += 1;
  }
  return v7({ msecs: lastMs, seq: sequence });
}
