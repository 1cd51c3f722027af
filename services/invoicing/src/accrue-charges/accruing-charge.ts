import type { ChargePosted } from '@tollgate/contracts';
import { Decimal, isCurrency, isPeriod } from '@tollgate/domain';
import { PoisonRecordError } from '@tollgate/platform/kafka';

/** What a line of an invoice is made of; project '' is untagged. */
export interface AccrualKey {
  readonly organizationId: string;
  readonly period: string;
  readonly currency: string;
  readonly provider: string;
  readonly model: string;
  readonly project: string;
}

/** A charge reduced to what accrues. */
export interface AccruingCharge {
  readonly chargeId: string;
  readonly key: AccrualKey;
  /** The second in which pricing rated it, epoch milliseconds. */
  readonly ratedSecond: number;
  readonly amount: Decimal;
  readonly cost: Decimal;
  readonly direct: Decimal;
  readonly requests: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SECOND_MS = 1_000;

/**
 * Reads what accrues out of a charge.
 * @throws PoisonRecordError naming the member that cannot be read.
 */
export function accruingChargeOf(charge: ChargePosted): AccruingCharge {
  if (!isPeriod(charge.period)) throw new PoisonRecordError(`period is not a month: ${charge.period}`);
  if (!isCurrency(charge.currency)) throw new PoisonRecordError(`currency is none: ${charge.currency}`);
  const ratedAt = Date.parse(charge.ratedAt);
  if (Number.isNaN(ratedAt)) throw new PoisonRecordError(`ratedAt is not a time: ${charge.ratedAt}`);
  return {
    chargeId: uuid(charge.chargeId, 'chargeId'),
    key: {
      organizationId: uuid(charge.organizationId, 'organizationId'),
      period: charge.period,
      currency: charge.currency,
      provider: text(charge.provider, 'provider'),
      model: text(charge.model, 'model'),
      project: text(charge.tags['project'] ?? '', 'project'),
    },
    ratedSecond: Math.floor(ratedAt / SECOND_MS) * SECOND_MS,
    amount: decimal(charge.amount, 'amount'),
    cost: decimal(charge.cost, 'cost'),
    direct: decimal(charge.direct, 'direct'),
    requests: charge.requests,
  };
}

function decimal(value: string, member: string): Decimal {
  try {
    return Decimal.parse(value);
  } catch {
    throw new PoisonRecordError(`${member} is not a decimal: ${value}`);
  }
}

function uuid(value: string, member: string): string {
  if (!UUID.test(value)) throw new PoisonRecordError(`${member} is not a UUID: ${value}`);
  return value.toLowerCase();
}

/** PostgreSQL's text holds no NUL. */
function text(value: string, member: string): string {
  if (value.includes('\0')) throw new PoisonRecordError(`${member} holds a NUL`);
  return value;
}
