import { producerProgress, type EpochState, type ProducerProgress } from './producer-progress';

/** A producer with its progress. */
export interface Producer extends ProducerProgress {
  readonly id: string;
}

interface EpochRow {
  readonly producer: string;
  readonly epoch: string;
  readonly contiguous_to: string;
  readonly closed_at_sequence: string | null;
  readonly closed_at: Date | null;
  readonly retired: boolean;
  readonly complete_until: Date | null;
  readonly written_off: boolean;
}

/** Epochs with the newest mark that is settled by now, and epochs that were written off without having been seen. */
export const EPOCHS_SQL = `
SELECT producer, epoch, coalesce(e.contiguous_to, 0)::text AS contiguous_to, e.closed_at_sequence::text AS closed_at_sequence, e.closed_at, coalesce(e.retired, false) AS retired,
       greatest(e.complete_until, (SELECT max(m.marked_at) FROM producer_marks m
         WHERE m.producer = e.producer AND m.epoch = e.epoch AND m.sequence <= e.contiguous_to)) AS complete_until,
       w.producer IS NOT NULL AS written_off
FROM producer_epochs e FULL JOIN producer_write_offs w USING (producer, epoch)
ORDER BY producer, epoch`;

/** Every producer that ever spoke, judged. `query` runs in whatever transaction the caller reads in. */
export async function readProducers(query: (sql: string) => Promise<unknown[]>): Promise<Producer[]> {
  const epochs = new Map<string, EpochState[]>();
  for (const row of (await query(EPOCHS_SQL)) as EpochRow[]) {
    const known = epochs.get(row.producer) ?? [];
    epochs.set(row.producer, [...known, stateOf(row)]);
  }
  return [...epochs].map(([id, states]) => ({ id, ...producerProgress(states) }));
}

function stateOf(row: EpochRow): EpochState {
  return {
    epoch: Number(row.epoch),
    contiguousTo: BigInt(row.contiguous_to),
    closedAtSequence: row.closed_at_sequence === null ? null : BigInt(row.closed_at_sequence),
    closedAt: row.closed_at?.getTime() ?? null,
    retired: row.retired,
    completeUntil: row.complete_until?.getTime() ?? null,
    writtenOff: row.written_off,
  };
}
