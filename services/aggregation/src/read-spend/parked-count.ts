import type { EntityManager } from 'typeorm';
import type { DimensionFilter } from './dimension-columns';
import { filterOf } from './spend.sql';
import type { TimeRange } from './time-range';

/** How much usage of the span still waits for a price: parked, and no charge of that event applied since. */
export async function countParked(
  em: EntityManager,
  organizationId: string,
  { from, to }: TimeRange,
  filter: DimensionFilter,
): Promise<number> {
  const values: unknown[] = [organizationId, new Date(from), new Date(to)];
  const conditions = filterOf(filter, (value) => `$${values.push(value)}`);
  const rows: { count: string }[] = await em.query(
    `SELECT count(*) FROM parked_usage p WHERE organization_id = $1 AND occurred_at >= $2 AND occurred_at < $3${conditions}
       AND NOT EXISTS (SELECT FROM applied_charges a WHERE a.charge_id = p.event_id)`,
    values,
  );
  return Number(rows[0]?.count ?? 0);
}
