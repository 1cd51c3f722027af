import { UsageRecorded, type UsageParked } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';

/** A row of parked_usage. */
export interface ParkedRow {
  readonly event_id: string;
  readonly organization_id: string;
  readonly reason: string;
  readonly detail: string;
  readonly occurred_at: Date;
  readonly parked_at: Date;
  readonly period: string;
  readonly time_zone: string;
  readonly usage: Buffer;
}

/** Sets usage aside that cannot be priced yet; what is known of an event already parked is replaced. */
export async function parkUsage(tx: Sql, parked: readonly UsageParked[], triedWithChange: bigint): Promise<void> {
  if (parked.length === 0) return;
  const sorted = [...parked].sort((left, right) => (left.usage!.eventId < right.usage!.eventId ? -1 : 1));
  await tx.query(
    `INSERT INTO parked_usage (event_id, organization_id, reason, detail, provider, model, occurred_at, parked_at, period, time_zone, usage, tried_with_change)
     SELECT *, $12::bigint FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
       $9::text[], $10::text[], $11::bytea[])
     ON CONFLICT (event_id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, provider = excluded.provider, model = excluded.model,
       period = excluded.period, time_zone = excluded.time_zone, usage = excluded.usage, tried_with_change = excluded.tried_with_change`,
    [
      sorted.map(({ usage }) => usage!.eventId),
      sorted.map(({ usage }) => usage!.organizationId),
      sorted.map(({ reason }) => reason),
      sorted.map(({ detail }) => detail),
      sorted.map(({ usage }) => usage!.provider),
      sorted.map(({ usage }) => usage!.model),
      sorted.map(({ usage }) => usage!.occurredAt),
      sorted.map(({ parkedAt }) => parkedAt),
      sorted.map(({ period }) => period),
      sorted.map(({ timeZone }) => timeZone),
      sorted.map(({ usage }) => Buffer.from(UsageRecorded.encode(usage!).finish())),
      triedWithChange,
    ],
  );
}

/** Parked usage by event id. */
export async function readParked(tx: Sql, eventIds: readonly string[]): Promise<UsageParked[]> {
  if (eventIds.length === 0) return [];
  const { rows } = await tx.query<ParkedRow>('SELECT * FROM parked_usage WHERE event_id = ANY($1::uuid[]) ORDER BY event_id', [eventIds]);
  return rows.map(parkedOfRow);
}

export function parkedOfRow(row: ParkedRow): UsageParked {
  return {
    usage: UsageRecorded.decode(row.usage),
    reason: row.reason,
    detail: row.detail,
    parkedAt: row.parked_at.toISOString(),
    period: row.period,
    timeZone: row.time_zone,
  };
}
