const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after the first, second, … failed try, as Standard Webhooks recommends: ten tries over 75 hours and 35 minutes. */
const PAUSES_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR] as const;

/** Part of a pause by which it may be longer or shorter, so that receivers that came back are not met by everybody at once. */
const JITTER = 0.1;

/** Tries of one delivery. */
export const MAX_TRIES = PAUSES_MS.length + 1;

/** When to try again after `tries` failed tries, in epoch milliseconds; null when no try is left. `random` is in [0, 1). */
export function nextTryAt(tries: number, nowMs: number, random: number): number | null {
  const pause = PAUSES_MS[tries - 1];
  if (pause === undefined) return null;
  return nowMs + Math.round(pause * (1 - JITTER + 2 * JITTER * random));
}
