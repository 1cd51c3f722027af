/** What is known of one epoch of a producer. Times in epoch milliseconds. */
export interface EpochState {
  readonly epoch: number;
  /** The last number up to which none is missing; 0 for none. */
  readonly contiguousTo: bigint;
  /** The epoch's last number, once it is closed. */
  readonly closedAtSequence: bigint | null;
  readonly closedAt: number | null;
  /** It closed by a clean shutdown: the slot is not used again. */
  readonly retired: boolean;
  /** Everything accepted before this has arrived; null when nothing is known. */
  readonly completeUntil: number | null;
  /** An operator has declared what is missing lost. */
  readonly writtenOff: boolean;
}

/** How far a producer's stream has arrived. */
export interface ProducerProgress {
  /** The newest epoch, and how far it goes without a gap. */
  readonly epoch: number;
  readonly contiguousTo: bigint;
  /** Everything that the producer accepted before this has arrived: epoch ms, -Infinity for nothing certain, Infinity when nothing can come any more. */
  readonly completeUntil: number;
  /** What holds it back; empty when it only waits for time to pass. */
  readonly gap: string;
}

/**
 * Judges a producer by its epochs, ascending. An epoch that has ended with all its numbers says nothing about time by itself: the next one goes on where it
 * ended. The first that is unfinished or never seen bounds the producer, however far later ones are.
 */
export function producerProgress(epochs: readonly EpochState[]): ProducerProgress {
  const newest = epochs.at(-1);
  if (!newest) return { epoch: 0, contiguousTo: 0n, completeUntil: Number.NEGATIVE_INFINITY, gap: '' };
  const { epoch, contiguousTo } = newest;
  const state = (completeUntil: number, gap: string): ProducerProgress => ({ epoch, contiguousTo, completeUntil, gap });
  let expected = 1;
  let until = Number.NEGATIVE_INFINITY;
  for (const current of epochs) {
    if (current.epoch !== expected && !current.writtenOff) return state(until, `Nothing of epoch ${expected} has arrived`);
    expected = current.epoch + 1;
    if (current.writtenOff) {
      until = Number.POSITIVE_INFINITY;
      continue;
    }
    if (!isFinished(current))
      return state(Math.max(finite(until), current.completeUntil ?? Number.NEGATIVE_INFINITY), gapOf(current, current === newest));
    until = current.retired ? Number.POSITIVE_INFINITY : Math.max(finite(until), current.closedAt ?? Number.NEGATIVE_INFINITY);
  }
  return state(until, '');
}

function isFinished({ closedAtSequence, contiguousTo }: EpochState): boolean {
  return closedAtSequence !== null && contiguousTo >= closedAtSequence;
}

/** A later epoch shows that an end thought final was none. */
function finite(until: number): number {
  return until === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : until;
}

function gapOf({ epoch, contiguousTo, closedAtSequence }: EpochState, isNewest: boolean): string {
  if (closedAtSequence !== null) return `Epoch ${epoch} ended with ${closedAtSequence}, but only 1 to ${contiguousTo} have arrived`;
  return isNewest ? '' : `Epoch ${epoch} was never closed; 1 to ${contiguousTo} have arrived`;
}
