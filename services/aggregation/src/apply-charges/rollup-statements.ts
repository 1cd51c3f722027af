import type { Decimal } from '@tollgate/domain';
import type { RecentRow, RollupRow } from './sum-facts';

/** One statement with its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

const ADDED = [
  'charges',
  'requests',
  'estimated',
  'amount',
  'cost',
  'direct',
  'latency_ms_sum',
  'latency_count',
  'first_token_ms_sum',
  'first_token_count',
];
const RECENT_ADDED = ['charges', 'requests', 'amount', 'cost', 'direct'];

const added = (table: string, columns: readonly string[]) =>
  columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`).join(', ');

/** Adds rows to a rollup: one statement a batch, whose rows come sorted by key. */
export function addToRollup(table: 'rollup_hour' | 'rollup_day', rows: readonly RollupRow[]): Statement {
  return {
    text: `INSERT INTO ${table} (organization_id, bucket_start, dimension_id, period, ${ADDED.join(', ')})
      SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
                           $8::numeric[], $9::numeric[], $10::numeric[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[])
      ON CONFLICT (organization_id, bucket_start, dimension_id, period) DO UPDATE SET ${added(table, ADDED)}`,
    values: [
      rows.map((row) => row.organizationId),
      rows.map((row) => timestamp(row.bucketStart)),
      rows.map((row) => row.dimensionId),
      rows.map((row) => row.period),
      rows.map((row) => row.charges),
      rows.map((row) => row.requests),
      rows.map((row) => row.estimated),
      rows.map((row) => row.amount.toString()),
      rows.map((row) => row.cost.toString()),
      rows.map((row) => row.direct.toString()),
      rows.map((row) => row.latencyMsSum),
      rows.map((row) => row.latencyCount),
      rows.map((row) => row.firstTokenMsSum),
      rows.map((row) => row.firstTokenCount),
    ],
  };
}

/** Adds the rows' quantities, a row a unit, to the rollup's table of units. */
export function addToUnits(table: 'rollup_hour_unit' | 'rollup_day_unit', rows: readonly RollupRow[]): Statement {
  const units = rows.flatMap((row) => unitsOf(row).map(([unit, quantity]) => ({ row, unit, quantity })));
  return {
    text: `INSERT INTO ${table} (organization_id, bucket_start, dimension_id, period, unit, quantity)
      SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::text[], $5::text[], $6::numeric[])
      ON CONFLICT (organization_id, bucket_start, dimension_id, period, unit) DO UPDATE SET ${added(table, ['quantity'])}`,
    values: [
      units.map(({ row }) => row.organizationId),
      units.map(({ row }) => timestamp(row.bucketStart)),
      units.map(({ row }) => row.dimensionId),
      units.map(({ row }) => row.period),
      units.map(({ unit }) => unit),
      units.map(({ quantity }) => quantity.toString()),
    ],
  };
}

/** Adds to what the recent seconds brought. */
export function addToRecent(rows: readonly RecentRow[]): Statement {
  return {
    text: `INSERT INTO recent_totals (organization_id, period, rated_second, ${RECENT_ADDED.join(', ')})
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::numeric[])
      ON CONFLICT (organization_id, period, rated_second) DO UPDATE SET ${added('recent_totals', RECENT_ADDED)}`,
    values: [
      rows.map((row) => row.organizationId),
      rows.map((row) => row.period),
      rows.map((row) => timestamp(row.ratedSecond)),
      rows.map((row) => row.charges),
      rows.map((row) => row.requests),
      rows.map((row) => row.amount.toString()),
      rows.map((row) => row.cost.toString()),
      rows.map((row) => row.direct.toString()),
    ],
  };
}

/** Notes which charges are applied; returns those that were not before. Ids come sorted. */
export function noteApplied(chargeIds: readonly string[], organizationIds: readonly string[]): Statement {
  return {
    text: `INSERT INTO applied_charges (charge_id, organization_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])
      ON CONFLICT DO NOTHING RETURNING charge_id`,
    values: [[...chargeIds], [...organizationIds]],
  };
}

function unitsOf(row: RollupRow): [string, Decimal][] {
  return [...row.quantities].filter(([, quantity]) => !quantity.isZero()).sort(([left], [right]) => (left < right ? -1 : 1));
}

function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
