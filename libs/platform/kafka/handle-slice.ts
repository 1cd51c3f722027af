import { PoisonRecordError } from './failures';
import { backoffMs, pause } from './pauses';

const TRANSIENT_FIRST_MS = 100;
const TRANSIENT_MAX_MS = 5_000;
const SUSPECT_ATTEMPTS = 3;
const SUSPECT_PAUSE_MS = 100;

/** What handling a slice is made of, so that its rules can be tested without a broker. */
export interface SliceSteps<R> {
  handle(records: readonly R[]): Promise<void>;
  isTransient(error: unknown): boolean;
  /** Sets one record aside. A throw is treated as transient: the record is neither handled nor lost until it succeeds. */
  deadLetter(record: R, error: unknown): Promise<void>;
  onFailure(error: unknown, kind: 'transient' | 'suspect'): void;
  /** Fires when the partition is lost or the consumer closes. */
  signal: AbortSignal;
}

/**
 * Handles records so that one that never will succeed does not hold up the others. A transient failure repeats the same records with
 * growing pauses, for ever; any other failure halves them until the culprit stands alone, which is tried three times and then set aside.
 * Resolves true when every record is handled or set aside, false when the signal fired before.
 */
export async function handleSlice<R>(records: readonly R[], steps: SliceSteps<R>): Promise<boolean> {
  for (let transient = 0, suspect = 1; !steps.signal.aborted;) {
    try {
      await steps.handle(records);
      return true;
    } catch (error) {
      if (steps.isTransient(error)) {
        steps.onFailure(error, 'transient');
        await pause(backoffMs(transient++, TRANSIENT_FIRST_MS, TRANSIENT_MAX_MS), steps.signal);
        continue;
      }
      steps.onFailure(error, 'suspect');
      if (records.length > 1) {
        const middle = records.length >> 1;
        return (await handleSlice(records.slice(0, middle), steps)) && (await handleSlice(records.slice(middle), steps));
      }
      if (error instanceof PoisonRecordError || suspect >= SUSPECT_ATTEMPTS) return setAside(records[0]!, error, steps);
      await pause(SUSPECT_PAUSE_MS * suspect++, steps.signal);
    }
  }
  return false;
}

/** Sets one record aside, as often as it takes; false when the signal fired before. */
export async function setAside<R>(record: R, reason: unknown, steps: Omit<SliceSteps<R>, 'handle' | 'isTransient'>): Promise<boolean> {
  for (let attempt = 0; !steps.signal.aborted; attempt += 1) {
    try {
      await steps.deadLetter(record, reason);
      return true;
    } catch (error) {
      steps.onFailure(error, 'transient');
      await pause(backoffMs(attempt, TRANSIENT_FIRST_MS, TRANSIENT_MAX_MS), steps.signal);
    }
  }
  return false;
}
