import type { UsageParked } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import { PoisonRecordError } from '@tollgate/platform/kafka';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const NOTE = `INSERT INTO parked_usage (event_id, organization_id, occurred_at, period, provider, model, project, team, env, feature, key_id, reason)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                       $10::text[], $11::text[], $12::text[])
  ON CONFLICT DO NOTHING`;

interface ParkedRow {
  readonly eventId: string;
  readonly columns: readonly string[];
}

/**
 * Notes parked usage, each event once. Whether it still waits is asked when it is counted: an event whose charge was applied no longer does, whichever
 * of the two arrived first.
 * @throws PoisonRecordError when an event cannot be read; then none was noted.
 */
export async function noteParked(database: Sql, parked: readonly UsageParked[]): Promise<void> {
  const rows = parked.map(toRow).sort((left, right) => (left.eventId < right.eventId ? -1 : 1));
  if (rows.length === 0) return;
  const [first] = rows;
  await database.query(NOTE, first ? first.columns.map((_, column) => rows.map((row) => row.columns[column])) : []);
}

function toRow({ usage, reason, period }: UsageParked): ParkedRow {
  if (!usage) throw new PoisonRecordError('parked usage without the usage');
  const { eventId, organizationId, occurredAt, provider, model, keyId, tags } = usage;
  if (!UUID.test(eventId) || !UUID.test(organizationId)) throw new PoisonRecordError('eventId or organizationId is not a UUID');
  if (Number.isNaN(Date.parse(occurredAt))) throw new PoisonRecordError(`occurredAt is not a time: ${occurredAt}`);
  const tag = (name: string) => tags[name] ?? '';
  const columns = [
    eventId,
    organizationId,
    occurredAt,
    period,
    provider,
    model,
    tag('project'),
    tag('team'),
    tag('env'),
    tag('feature'),
    keyId,
    reason,
  ];
  return { eventId, columns };
}
