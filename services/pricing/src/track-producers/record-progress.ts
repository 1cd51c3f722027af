import type { Sql } from '@tollgate/platform/database';
import type { StreamNote, UsageBatch, UsageEvent } from '../post-charges/usage-event';
import { multirange, toRanges } from './sequence-ranges';

interface EpochProgress {
  readonly producer: string;
  readonly epoch: number;
  readonly sequences: bigint[];
  closing?: StreamNote & { kind: 'closed' };
}

/** Unites the numbers received, and finds how far they go without a gap. */
const ADD_NUMBERS = `
INSERT INTO producer_epochs AS known (producer, epoch, received, contiguous_to, closed_at_sequence, closed_at, retired, seen_at)
SELECT n.producer, n.epoch, n.received, CASE WHEN n.received @> 1::bigint THEN (SELECT upper(r) - 1 FROM unnest(n.received) r WHERE r @> 1::bigint) ELSE 0 END,
       n.closed_at_sequence, n.closed_at, n.retired, $7::timestamptz
FROM unnest($1::uuid[], $2::bigint[], $3::int8multirange[], $4::bigint[], $5::timestamptz[], $6::boolean[])
  AS n (producer, epoch, received, closed_at_sequence, closed_at, retired)
ON CONFLICT (producer, epoch) DO UPDATE SET
  received = known.received + excluded.received,
  contiguous_to = coalesce((SELECT upper(r) - 1 FROM unnest(known.received + excluded.received) r WHERE r @> 1::bigint), 0),
  closed_at_sequence = coalesce(known.closed_at_sequence, excluded.closed_at_sequence),
  closed_at = coalesce(known.closed_at, excluded.closed_at),
  retired = known.retired OR excluded.retired,
  seen_at = greatest(known.seen_at, excluded.seen_at)`;

const ADD_MARKS = `
INSERT INTO producer_marks (producer, epoch, sequence, marked_at)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[]) ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`;

/** Marks whose numbers have all arrived move the epoch's time on, and are done with. */
const SETTLE_MARKS = `
WITH settled AS (
  DELETE FROM producer_marks m USING producer_epochs e
  WHERE m.producer = ANY($1::uuid[]) AND e.producer = m.producer AND e.epoch = m.epoch AND m.sequence <= e.contiguous_to
  RETURNING m.producer, m.epoch, m.marked_at
), newest AS (
  SELECT producer, epoch, max(marked_at) AS marked_at FROM settled GROUP BY producer, epoch
)
UPDATE producer_epochs e SET complete_until = greatest(e.complete_until, n.marked_at)
FROM newest n WHERE n.producer = e.producer AND n.epoch = e.epoch`;

/**
 * Notes which numbers have arrived, whether their events were new or not, and what producers said of their streams. Last in a transaction: a producer's row
 * is wanted by every batch.
 */
export async function recordProgress(tx: Sql, { events, notes }: UsageBatch, now: number): Promise<void> {
  const epochs = progressOf(events, notes);
  if (epochs.length === 0) return;
  await tx.query(ADD_NUMBERS, [
    epochs.map(({ producer }) => producer),
    epochs.map(({ epoch }) => epoch),
    epochs.map(({ sequences }) => multirange(toRanges(sequences))),
    epochs.map(({ closing }) => closing?.sequence ?? null),
    epochs.map(({ closing }) => (closing ? new Date(closing.at).toISOString() : null)),
    epochs.map(({ closing }) => closing?.retired ?? false),
    new Date(now).toISOString(),
  ]);
  const marks = notes.filter(({ kind }) => kind === 'marked');
  if (marks.length === 0) return;
  await tx.query(ADD_MARKS, [
    marks.map(({ producer }) => producer),
    marks.map(({ epoch }) => epoch),
    marks.map(({ sequence }) => sequence),
    marks.map(({ at }) => new Date(at).toISOString()),
  ]);
  await tx.query(SETTLE_MARKS, [[...new Set(marks.map(({ producer }) => producer))]]);
}

function progressOf(events: readonly UsageEvent[], notes: readonly StreamNote[]): EpochProgress[] {
  const epochs = new Map<string, EpochProgress>();
  const epochOf = (producer: string, epoch: number) => {
    const key = `${producer} ${String(epoch).padStart(10, '0')}`;
    let progress = epochs.get(key);
    if (!progress) epochs.set(key, (progress = { producer, epoch, sequences: [] }));
    return progress;
  };
  for (const { producer, epoch, sequence } of events) epochOf(producer, epoch).sequences.push(sequence);
  for (const note of notes) {
    const progress = epochOf(note.producer, note.epoch);
    if (note.kind === 'closed') progress.closing = note;
  }
  return [...epochs.keys()].sort().map((key) => epochs.get(key)!);
}
