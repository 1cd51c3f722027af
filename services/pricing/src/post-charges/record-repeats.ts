import { UsageRecorded } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import type { Claimed } from './claim-events';

type Again = Claimed['again'][number];

/**
 * Notes what came again. Other content under a known id is a conflict: the first stands. The same content that was accepted under another number is a
 * duplicate. A record that Kafka merely delivers again is neither.
 */
export async function recordRepeats(tx: Sql, again: Claimed['again'], now: number): Promise<void> {
  const conflicts = again.filter(({ event, first }) => !event.contentHash.equals(first.content_hash));
  const duplicates = again.filter(({ event, first }) => event.contentHash.equals(first.content_hash) && !isRedelivery({ event, first }));
  const seenAt = new Date(now).toISOString();
  if (conflicts.length > 0) {
    await tx.query(
      `INSERT INTO conflicts (event_id, content_hash, organization_id, occurred_at, usage, seen_at)
       SELECT *, $6::timestamptz FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::timestamptz[], $5::bytea[])
       ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
      [
        conflicts.map(({ first }) => first.event_id),
        conflicts.map(({ event }) => event.contentHash),
        conflicts.map(({ first }) => first.organization_id),
        conflicts.map(({ first }) => first.occurred_at),
        conflicts.map(({ event }) => Buffer.from(UsageRecorded.encode(event.usage).finish())),
        seenAt,
      ],
    );
  }
  if (duplicates.length > 0) {
    await tx.query(
      `INSERT INTO duplicates (event_id, producer, epoch, sequence, organization_id, occurred_at, seen_at)
       SELECT *, $7::timestamptz FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[], $6::timestamptz[])
       ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`,
      [
        duplicates.map(({ first }) => first.event_id),
        duplicates.map(({ event }) => event.producer),
        duplicates.map(({ event }) => event.epoch),
        duplicates.map(({ event }) => event.sequence),
        duplicates.map(({ first }) => first.organization_id),
        duplicates.map(({ first }) => first.occurred_at),
        seenAt,
      ],
    );
  }
}

function isRedelivery({ event, first }: Again): boolean {
  return event.producer === first.producer && String(event.epoch) === first.epoch && String(event.sequence) === first.sequence;
}
