import type { Sql } from '@tollgate/platform/database';

/** The books are cut at most this far back. */
const KEPT = '1 hour';

/** Forgets the sums of seconds that nobody cuts the books at any more. */
export async function pruneRecent(database: Sql): Promise<void> {
  await database.query(`DELETE FROM recent_totals WHERE rated_second < now() - interval '${KEPT}'`);
}
