import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { periodBounds } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';

const SQL = readFileSync(join(__dirname, 'ledger-books.sql'), 'utf8');

/** A contradiction inside one service's own books. */
export interface BookDetail {
  readonly what: string;
  readonly expected?: unknown;
  readonly found?: unknown;
}

/** One service's side of the books: of one organisation and period, for charges rated before a cut. Numbers are decimal strings. */
export interface Books {
  readonly charges: string;
  readonly requests?: string;
  readonly amount: string;
  readonly cost: string;
  readonly direct: string;
  readonly detail: readonly BookDetail[];
}

/** The ledger's own books; `parked` counts usage of the period that still waits for a price. Reads in the transaction of the organisation. */
export async function ledgerBooks(
  manager: EntityManager,
  { organizationId, period, timeZone, cut }: { organizationId: string; period: string; timeZone: string; cut: number },
): Promise<Books & { readonly parked: string }> {
  const { start, end } = periodBounds(period, timeZone);
  const values = [organizationId, period, new Date(cut).toISOString(), new Date(start).toISOString(), new Date(end).toISOString()];
  const [row] = (await manager.query(SQL, values)) as { books: Books & { parked: string } }[];
  return row!.books;
}
