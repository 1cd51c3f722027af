import type { Sql } from '@tollgate/platform/database';
import { plainArray } from '../db/array-literal';
import type { UsageEvent } from './usage-event';

/** An event that was in the books before. */
export interface KnownEvent {
  readonly event_id: string;
  readonly organization_id: string;
  readonly content_hash: Buffer;
  readonly occurred_at: Date;
  readonly producer: string;
  /** int8 comes as text. */
  readonly epoch: string;
  readonly sequence: string;
  readonly corrects_event_id: string | null;
}

/** Events by whether the books had them. */
export interface Claimed {
  /** New; claimed by this transaction. One for each id. */
  readonly fresh: readonly UsageEvent[];
  /** Came again: a known id, or the second of one id in the batch. */
  readonly again: readonly { readonly event: UsageEvent; readonly first: KnownEvent }[];
}

/** Notes the events as booked, each id once for ever. What it returns as fresh must be charged or parked in the same transaction. */
export async function claimEvents(tx: Sql, events: readonly UsageEvent[]): Promise<Claimed> {
  const distinct = new Map<string, UsageEvent>();
  for (const event of events) if (!distinct.has(event.usage.eventId)) distinct.set(event.usage.eventId, event);
  const claimed = await insertEvents(tx, [...distinct.values()]);
  if (claimed.size === distinct.size && distinct.size === events.length) return { fresh: events, again: [] };

  const known = await readKnown(
    tx,
    [...distinct.keys()].filter((id) => !claimed.has(id)),
  );
  const fresh: UsageEvent[] = [];
  const again: { event: UsageEvent; first: KnownEvent }[] = [];
  for (const event of events) {
    const first = distinct.get(event.usage.eventId)!;
    if (first === event && claimed.has(event.usage.eventId)) fresh.push(event);
    else again.push({ event, first: known.get(event.usage.eventId) ?? asKnown(first) });
  }
  return { fresh, again };
}

/** Returns the ids that were new. Rows are sorted, so that parallel batches with the same ids never wait for each other in a circle. */
async function insertEvents(tx: Sql, events: readonly UsageEvent[]): Promise<ReadonlySet<string>> {
  const sorted = [...events].sort((left, right) => (left.usage.eventId < right.usage.eventId ? -1 : 1));
  const { rows } = await tx.query<{ event_id: string }>(
    `INSERT INTO rated_events (event_id, organization_id, content_hash, occurred_at, producer, epoch, sequence)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::timestamptz[], $5::uuid[], $6::bigint[], $7::bigint[])
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [
      plainArray(sorted.map(({ usage }) => usage.eventId)),
      plainArray(sorted.map(({ usage }) => usage.organizationId)),
      sorted.map(({ contentHash }) => contentHash),
      plainArray(sorted.map(({ occurredAt }) => new Date(occurredAt).toISOString())),
      plainArray(sorted.map(({ producer }) => producer)),
      plainArray(sorted.map(({ epoch }) => epoch)),
      plainArray(sorted.map(({ sequence }) => sequence)),
    ],
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

/** Reads events of the books by id. */
export async function readKnown(tx: Sql, eventIds: readonly string[]): Promise<ReadonlyMap<string, KnownEvent>> {
  if (eventIds.length === 0) return new Map();
  const { rows } = await tx.query<KnownEvent>(
    `SELECT event_id, organization_id, content_hash, occurred_at, producer, epoch, sequence, corrects_event_id
     FROM rated_events WHERE event_id = ANY($1::uuid[])`,
    [eventIds],
  );
  return new Map(rows.map((row) => [row.event_id, row]));
}

export function asKnown(event: UsageEvent): KnownEvent {
  return {
    event_id: event.usage.eventId,
    organization_id: event.usage.organizationId,
    content_hash: event.contentHash,
    occurred_at: new Date(event.occurredAt),
    producer: event.producer,
    epoch: String(event.epoch),
    sequence: String(event.sequence),
    corrects_event_id: event.usage.correctsEventId || null,
  };
}
