import { Decimal } from '@tollgate/domain';
import type { ChargeFact } from './charge-facts';

/** The additive part of a rollup row. */
export interface Sums {
  charges: number;
  requests: number;
  estimated: number;
  amount: Decimal;
  cost: Decimal;
  direct: Decimal;
  latencyMsSum: number;
  latencyCount: number;
  firstTokenMsSum: number;
  firstTokenCount: number;
}

/** What one batch adds to one bucket of one dimension. */
export interface RollupRow extends Sums {
  readonly organizationId: string;
  /** Epoch milliseconds. */
  readonly bucketStart: number;
  readonly dimensionId: string;
  readonly period: string;
  readonly quantities: Map<string, Decimal>;
}

/** What one batch adds to one second of pricing's clock. */
export interface RecentRow extends Pick<Sums, 'charges' | 'requests' | 'amount' | 'cost' | 'direct'> {
  readonly organizationId: string;
  readonly period: string;
  readonly ratedSecond: number;
}

/** A batch's effect on each table, one row a key, sorted by key so that parallel transactions lock rows in one order and never deadlock. */
export interface BatchSums {
  readonly hours: RollupRow[];
  readonly days: RollupRow[];
  readonly recent: RecentRow[];
}

/** Adds facts up; the order of the facts does not matter. `dimensionIdOf` gives the interned id of a fact's dimension. */
export function sumFacts(facts: readonly ChargeFact[], dimensionIdOf: (fact: ChargeFact) => string): BatchSums {
  const hours = new Map<string, RollupRow & { day: number }>();
  const recent = new Map<string, RecentRow>();
  for (const fact of facts) {
    addFact(hourOf(hours, fact, dimensionIdOf(fact)), fact);
    addRecent(recent, fact);
  }
  const hourRows = [...hours.values()].sort(byKey);
  const days = new Map<string, RollupRow>();
  for (const hour of hourRows) addHour(days, hour);
  return { hours: hourRows, days: [...days.values()].sort(byKey), recent: [...recent.values()].sort(byRecentKey) };
}

function hourOf(hours: Map<string, RollupRow & { day: number }>, fact: ChargeFact, dimensionId: string): RollupRow {
  const key = `${fact.hour} ${dimensionId} ${fact.period}`;
  let row = hours.get(key);
  if (!row) {
    row = { ...emptyRow(fact.dimension.organizationId, fact.hour, dimensionId, fact.period), day: fact.day };
    hours.set(key, row);
  }
  return row;
}

function addFact(row: RollupRow, fact: ChargeFact): void {
  row.charges += 1;
  row.requests += fact.requests;
  row.estimated += fact.estimated;
  row.amount = row.amount.plus(fact.amount);
  row.cost = row.cost.plus(fact.cost);
  row.direct = row.direct.plus(fact.direct);
  row.latencyMsSum += fact.latencyMs;
  row.latencyCount += fact.latencyMs > 0 ? 1 : 0;
  row.firstTokenMsSum += fact.firstTokenMs;
  row.firstTokenCount += fact.firstTokenMs > 0 ? 1 : 0;
  for (const [unit, quantity] of fact.quantities) addQuantity(row.quantities, unit, quantity);
}

/** A day is the sum of its hours, so each decimal is added once more a batch instead of once more a charge. */
function addHour(days: Map<string, RollupRow>, hour: RollupRow & { day: number }): void {
  const key = `${hour.day} ${hour.dimensionId} ${hour.period}`;
  let day = days.get(key);
  if (!day) days.set(key, (day = emptyRow(hour.organizationId, hour.day, hour.dimensionId, hour.period)));
  for (const count of ['charges', 'requests', 'estimated', 'latencyMsSum', 'latencyCount', 'firstTokenMsSum', 'firstTokenCount'] as const)
    day[count] += hour[count];
  for (const money of ['amount', 'cost', 'direct'] as const) day[money] = day[money].plus(hour[money]);
  for (const [unit, quantity] of hour.quantities) addQuantity(day.quantities, unit, quantity);
}

function addRecent(recent: Map<string, RecentRow>, fact: ChargeFact): void {
  const { organizationId } = fact.dimension;
  const key = `${organizationId} ${fact.period} ${fact.ratedSecond}`;
  let row = recent.get(key);
  if (!row) {
    const zero = { charges: 0, requests: 0, amount: Decimal.ZERO, cost: Decimal.ZERO, direct: Decimal.ZERO };
    recent.set(key, (row = { organizationId, period: fact.period, ratedSecond: fact.ratedSecond, ...zero }));
  }
  row.charges += 1;
  row.requests += fact.requests;
  row.amount = row.amount.plus(fact.amount);
  row.cost = row.cost.plus(fact.cost);
  row.direct = row.direct.plus(fact.direct);
}

function addQuantity(quantities: Map<string, Decimal>, unit: string, quantity: Decimal): void {
  const known = quantities.get(unit);
  quantities.set(unit, known ? known.plus(quantity) : quantity);
}

function emptyRow(organizationId: string, bucketStart: number, dimensionId: string, period: string): RollupRow {
  const counts = { charges: 0, requests: 0, estimated: 0, latencyMsSum: 0, latencyCount: 0, firstTokenMsSum: 0, firstTokenCount: 0 };
  const money = { amount: Decimal.ZERO, cost: Decimal.ZERO, direct: Decimal.ZERO };
  return { organizationId, bucketStart, dimensionId, period, ...counts, ...money, quantities: new Map() };
}

function byKey(left: RollupRow, right: RollupRow): number {
  return (
    compare(left.organizationId, right.organizationId) ||
    left.bucketStart - right.bucketStart ||
    Number(left.dimensionId) - Number(right.dimensionId) ||
    compare(left.period, right.period)
  );
}

function byRecentKey(left: RecentRow, right: RecentRow): number {
  return compare(left.organizationId, right.organizationId) || compare(left.period, right.period) || left.ratedSecond - right.ratedSecond;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
