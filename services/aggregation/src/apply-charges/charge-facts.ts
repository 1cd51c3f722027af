import type { ChargePosted } from '@tollgate/contracts';
import { Decimal, isPeriod, localBucket } from '@tollgate/domain';
import { PoisonRecordError } from '@tollgate/platform/kafka';

/** What spend is grouped and filtered by; '' is untagged. */
export interface Dimension {
  readonly organizationId: string;
  readonly provider: string;
  readonly model: string;
  readonly project: string;
  readonly team: string;
  readonly env: string;
  readonly feature: string;
  readonly keyId: string;
}

/** A charge reduced to what the rollups add up. Times are epoch milliseconds. */
export interface ChargeFact {
  readonly chargeId: string;
  readonly dimension: Dimension;
  readonly period: string;
  /** Start of the local hour and of the local day that the event fell into. */
  readonly hour: number;
  readonly day: number;
  /** The second in which pricing rated it. */
  readonly ratedSecond: number;
  readonly requests: number;
  readonly estimated: number;
  readonly amount: Decimal;
  readonly cost: Decimal;
  readonly direct: Decimal;
  /** Of a first charge; 0 when unknown or a correction. */
  readonly latencyMs: number;
  readonly firstTokenMs: number;
  readonly quantities: readonly (readonly [unit: string, quantity: Decimal])[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SECOND_MS = 1_000;

/**
 * Reads the fact out of a charge.
 * @throws PoisonRecordError naming the member that cannot be read.
 */
export function factOf(charge: ChargePosted): ChargeFact {
  const occurredAt = instant(charge.occurredAt, 'occurredAt');
  const isFirst = charge.correctsChargeId === '';
  if (!isPeriod(charge.period)) throw new PoisonRecordError(`period is not a month: ${charge.period}`);
  return {
    chargeId: uuid(charge.chargeId, 'chargeId'),
    dimension: {
      organizationId: uuid(charge.organizationId, 'organizationId'),
      provider: charge.provider,
      model: charge.model,
      project: charge.tags['project'] ?? '',
      team: charge.tags['team'] ?? '',
      env: charge.tags['env'] ?? '',
      feature: charge.tags['feature'] ?? '',
      keyId: charge.keyId,
    },
    period: charge.period,
    ...bucketsOf(occurredAt, charge.timeZone),
    ratedSecond: Math.floor(instant(charge.ratedAt, 'ratedAt') / SECOND_MS) * SECOND_MS,
    requests: charge.requests,
    estimated: charge.estimated ? 1 : 0,
    amount: decimal(charge.amount, 'amount'),
    cost: decimal(charge.cost, 'cost'),
    direct: decimal(charge.direct, 'direct'),
    latencyMs: isFirst ? charge.latencyMs : 0,
    firstTokenMs: isFirst ? charge.timeToFirstTokenMs : 0,
    quantities: Object.entries(charge.quantities).map(([unit, quantity]) => [unit, decimal(quantity, unit)] as const),
  };
}

function bucketsOf(occurredAt: number, timeZone: string): { hour: number; day: number } {
  try {
    return { hour: localBucket(occurredAt, timeZone, 'hour').start, day: localBucket(occurredAt, timeZone, 'day').start };
  } catch (error) {
    throw new PoisonRecordError((error as Error).message);
  }
}

function instant(text: string, member: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new PoisonRecordError(`${member} is not a time: ${text}`);
  return time;
}

function decimal(text: string, member: string): Decimal {
  try {
    return Decimal.parse(text);
  } catch {
    throw new PoisonRecordError(`${member} is not a decimal: ${text}`);
  }
}

function uuid(text: string, member: string): string {
  if (!UUID.test(text)) throw new PoisonRecordError(`${member} is not a UUID: ${text}`);
  return text.toLowerCase();
}
