import type { EntityManager } from 'typeorm';
import type { Sql } from './sql';

/** A record to publish; a null value deletes its key in a compacted topic. */
export interface OutboxRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Writes records that `OutboxRelay` publishes once this transaction has committed; none if it rolls back. Write them after the rows that they tell of. */
export async function writeOutbox(within: EntityManager | Sql, records: readonly OutboxRecord[]): Promise<void> {
  if (records.length === 0) return;
  await within.query('INSERT INTO outbox (topic, key, value) SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])', [
    records.map((record) => record.topic),
    records.map((record) => record.key),
    records.map((record) => (record.value === null ? null : Buffer.from(record.value))),
  ]);
}
