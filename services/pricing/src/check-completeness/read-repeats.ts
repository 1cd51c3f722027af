import { periodBounds } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';

/** Events of a period that came again: listed apart from the books, which hold each of them once. */
export interface Repeats {
  /** How many were accepted again with the same content. */
  readonly duplicates: string;
  /** How many came again with other content; the first stands. */
  readonly conflicts: string;
}

export async function readRepeats(
  manager: EntityManager,
  { organizationId, period, timeZone }: { organizationId: string; period: string; timeZone: string },
): Promise<Repeats> {
  const { start, end } = periodBounds(period, timeZone);
  const [row] = (await manager.query(
    `SELECT (SELECT count(*) FROM duplicates WHERE organization_id = $1 AND occurred_at >= $2 AND occurred_at < $3)::text AS duplicates,
            (SELECT count(*) FROM conflicts WHERE organization_id = $1 AND occurred_at >= $2 AND occurred_at < $3)::text AS conflicts`,
    [organizationId, new Date(start).toISOString(), new Date(end).toISOString()],
  )) as Repeats[];
  return row!;
}
