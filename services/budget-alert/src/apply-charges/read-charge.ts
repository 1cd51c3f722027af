import type { ChargePosted } from '@tollgate/contracts';
import { CalendarError, Decimal, DecimalError, isPeriod, localDate, type ScopeFacts } from '@tollgate/domain';
import { PoisonRecordError } from '@tollgate/platform/kafka';

/** What budgets need of a charge. */
export interface CountedCharge {
  readonly chargeId: string;
  readonly eventId: string;
  readonly organizationId: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  /** Local day of the organisation, YYYY-MM-DD. */
  readonly day: string;
  /** Billing month. */
  readonly period: string;
  /** The second in which it was rated, epoch milliseconds. */
  readonly ratedSecond: number;
  readonly facts: ScopeFacts;
  readonly requests: number;
  readonly amount: Decimal;
  readonly cost: Decimal;
  readonly direct: Decimal;
  /** What leaves each grant: what the call still held when it ended. */
  readonly releases: readonly { readonly grantId: string; readonly held: Decimal }[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a charge; throws PoisonRecordError for one that can never be counted. */
export function readCharge(charge: ChargePosted): CountedCharge {
  try {
    const occurredAt = instant(charge.occurredAt, 'occurredAt');
    if (!isPeriod(charge.period)) throw new PoisonRecordError(`period is not a billing month: ${charge.period}`);
    return {
      chargeId: uuid(charge.chargeId, 'chargeId'),
      eventId: uuid(charge.eventId, 'eventId'),
      organizationId: uuid(charge.organizationId, 'organizationId'),
      occurredAt,
      day: localDate(occurredAt, charge.timeZone),
      period: charge.period,
      ratedSecond: Math.floor(instant(charge.ratedAt, 'ratedAt') / 1_000) * 1_000,
      facts: factsOf(charge),
      requests: charge.requests,
      amount: Decimal.parse(charge.amount),
      cost: Decimal.parse(charge.cost),
      direct: Decimal.parse(charge.direct),
      releases: releasesOf(charge),
    };
  } catch (error) {
    if (error instanceof DecimalError || error instanceof CalendarError) throw new PoisonRecordError(error.message);
    throw error;
  }
}

function factsOf({ tags, provider, model, keyId }: ChargePosted): ScopeFacts {
  const { project = '', team = '', env = '', feature = '' } = tags;
  return { project, team, env, feature, key: keyId, provider, model };
}

/**
 * An event's first charge lets go of what the call held; a correction (of an estimate, of a price) names a charge that already has. A hold that is not
 * positive releases nothing.
 */
function releasesOf({ grants, correctsChargeId }: ChargePosted): CountedCharge['releases'] {
  if (correctsChargeId !== '') return [];
  return grants
    .map(({ grantId, held }) => ({ grantId: uuid(grantId, 'grantId'), held: Decimal.parse(held) }))
    .filter(({ held }) => !held.isZero() && !held.isNegative());
}

function uuid(text: string, name: string): string {
  if (!UUID.test(text)) throw new PoisonRecordError(`${name} is not a UUID`);
  return text.toLowerCase();
}

function instant(text: string, name: string): number {
  const epochMs = Date.parse(text);
  if (!Number.isFinite(epochMs)) throw new PoisonRecordError(`${name} is not a time: ${text.slice(0, 40)}`);
  return epochMs;
}
