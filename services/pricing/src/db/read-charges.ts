import type { ChargeLine, ChargePosted } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { ChargeFacts } from './charge-columns';

/** A row of the ledger as `SELECT *` returns it. */
export interface ChargeRow {
  readonly charge_id: string;
  readonly event_id: string;
  readonly organization_id: string;
  readonly occurred_at: Date;
  readonly received_at: Date;
  readonly rated_at: Date;
  readonly period: string;
  readonly time_zone: string;
  readonly request_id: string;
  readonly provider: string;
  readonly model: string;
  readonly operation: string;
  readonly outcome: number;
  readonly key_id: string;
  readonly currency: string;
  readonly cost: string;
  readonly amount: string;
  readonly direct: string;
  readonly requests: number;
  readonly estimated: boolean;
  readonly own_connection: boolean;
  readonly fx_rate: string;
  readonly fx_date: string;
  readonly fx_source: string;
  readonly fx_stale: boolean;
  readonly quantities: Record<string, string>;
  readonly lines: ChargeLine[];
  readonly tags: Record<string, string>;
  readonly facts: ChargeFacts;
  readonly corrects_charge_id: string | null;
  readonly reason: string;
}

/** The charge of a ledger row, the same as was inserted: what is published again when an event comes again. */
export function chargeOfRow(row: ChargeRow): ChargePosted {
  return {
    ...row.facts,
    chargeId: row.charge_id,
    eventId: row.event_id,
    organizationId: row.organization_id,
    requestId: row.request_id,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    ratedAt: row.rated_at.toISOString(),
    timeZone: row.time_zone,
    period: row.period,
    provider: row.provider,
    model: row.model,
    ownConnection: row.own_connection,
    operation: row.operation,
    outcome: row.outcome,
    quantities: row.quantities,
    tags: row.tags,
    keyId: row.key_id,
    estimated: row.estimated,
    currency: row.currency,
    cost: canonical(row.cost),
    amount: canonical(row.amount),
    direct: canonical(row.direct),
    lines: row.lines,
    fx: { rate: canonical(row.fx_rate), date: row.fx_date, source: row.fx_source, stale: row.fx_stale },
    correctsChargeId: row.corrects_charge_id ?? '',
    reason: row.reason,
    requests: row.requests,
  };
}

/** A numeric column's text without trailing zeros, as amounts travel. */
export function canonical(numeric: string): string {
  return Decimal.parse(numeric).toString();
}
