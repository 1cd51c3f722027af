import type { ChargePosted } from '@tollgate/contracts';

/** A column of the ledger: its PostgreSQL type, and its value in a charge. */
export interface ChargeColumn {
  readonly name: string;
  readonly type: 'uuid' | 'timestamptz' | 'text' | 'int2' | 'bool' | 'numeric' | 'jsonb';
  readonly valueOf: (charge: ChargePosted) => string | number | boolean | null;
}

const column = (name: string, type: ChargeColumn['type'], valueOf: ChargeColumn['valueOf']): ChargeColumn => ({ name, type, valueOf });
const json = (value: unknown) => JSON.stringify(value);

/** The ledger's columns as they are inserted; `entry` is given by the database. read-charges.ts is the way back. */
export const CHARGE_COLUMNS: readonly ChargeColumn[] = [
  column('charge_id', 'uuid', (charge) => charge.chargeId),
  column('event_id', 'uuid', (charge) => charge.eventId),
  column('organization_id', 'uuid', (charge) => charge.organizationId),
  column('occurred_at', 'timestamptz', (charge) => charge.occurredAt),
  column('received_at', 'timestamptz', (charge) => charge.receivedAt),
  column('rated_at', 'timestamptz', (charge) => charge.ratedAt),
  column('period', 'text', (charge) => charge.period),
  column('time_zone', 'text', (charge) => charge.timeZone),
  column('request_id', 'text', (charge) => charge.requestId),
  column('provider', 'text', (charge) => charge.provider),
  column('model', 'text', (charge) => charge.model),
  column('operation', 'text', (charge) => charge.operation),
  column('outcome', 'int2', (charge) => charge.outcome),
  column('project', 'text', (charge) => charge.tags['project'] ?? ''),
  column('team', 'text', (charge) => charge.tags['team'] ?? ''),
  column('env', 'text', (charge) => charge.tags['env'] ?? ''),
  column('feature', 'text', (charge) => charge.tags['feature'] ?? ''),
  column('key_id', 'text', (charge) => charge.keyId),
  column('currency', 'text', (charge) => charge.currency),
  column('cost', 'numeric', (charge) => charge.cost),
  column('amount', 'numeric', (charge) => charge.amount),
  column('direct', 'numeric', (charge) => charge.direct),
  column('requests', 'int2', (charge) => charge.requests),
  column('estimated', 'bool', (charge) => charge.estimated),
  column('own_connection', 'bool', (charge) => charge.ownConnection),
  column('fx_rate', 'numeric', (charge) => charge.fx!.rate),
  column('fx_date', 'text', (charge) => charge.fx!.date),
  column('fx_source', 'text', (charge) => charge.fx!.source),
  column('fx_stale', 'bool', (charge) => charge.fx!.stale),
  column('quantities', 'jsonb', (charge) => json(charge.quantities)),
  column('lines', 'jsonb', (charge) => json(charge.lines)),
  column('tags', 'jsonb', (charge) => json(charge.tags)),
  column('facts', 'jsonb', (charge) => json(factsOf(charge))),
  column('corrects_charge_id', 'uuid', (charge) => charge.correctsChargeId || null),
  column('reason', 'text', (charge) => charge.reason),
];

/** What the ledger keeps of an event beside what it sums and filters by. */
export type ChargeFacts = Pick<
  ChargePosted,
  'attempt' | 'connectionId' | 'attributes' | 'grants' | 'latencyMs' | 'timeToFirstTokenMs' | 'streamed' | 'status' | 'source' | 'sourceId'
>;

function factsOf(charge: ChargePosted): ChargeFacts {
  return {
    attempt: charge.attempt,
    connectionId: charge.connectionId,
    attributes: charge.attributes,
    grants: charge.grants,
    latencyMs: charge.latencyMs,
    timeToFirstTokenMs: charge.timeToFirstTokenMs,
    streamed: charge.streamed,
    status: charge.status,
    source: charge.source,
    sourceId: charge.sourceId,
  };
}
