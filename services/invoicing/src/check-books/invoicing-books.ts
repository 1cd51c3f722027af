import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal, minorUnits } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';

/** A contradiction inside the books. */
export interface BookDetail {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** Of one organisation and period, for charges rated before a cut; decimal strings. amount = invoiced + unbilled. */
export interface InvoicingBooks {
  readonly charges: string;
  readonly requests: string;
  readonly amount: string;
  readonly cost: string;
  readonly direct: string;
  /** Exact amounts on finalised invoices, whichever they landed on. */
  readonly invoiced: string;
  readonly unbilled: string;
  readonly detail: readonly BookDetail[];
}

interface BooksRow extends Omit<InvoicingBooks, 'amount' | 'detail'> {
  readonly detail: BookDetail[];
}

const SQL = readFileSync(join(__dirname, 'books.sql'), 'utf8');

/** An organisation has one currency, fixed when it was created. */
const CURRENCY = 'SELECT currency FROM accruals WHERE organization_id = $1 LIMIT 1';

/** Reads the books in the organisation's transaction, from one snapshot since the sums are one statement. */
export async function invoicingBooks(
  manager: EntityManager,
  { organizationId, period, cut }: { organizationId: string; period: string; cut: number },
): Promise<InvoicingBooks> {
  const [known] = (await manager.query(CURRENCY, [organizationId])) as { currency: string }[];
  const digits = known ? minorUnits(known.currency) : 0;
  const [row] = (await manager.query(SQL, [organizationId, period, new Date(cut), digits])) as BooksRow[];
  const exact = (text: string) => Decimal.parse(text);
  const { charges, requests, cost, direct, invoiced, unbilled, detail } = row!;
  return {
    charges,
    requests,
    amount: exact(invoiced).plus(exact(unbilled)).toString(),
    cost: exact(cost).toString(),
    direct: exact(direct).toString(),
    invoiced: exact(invoiced).toString(),
    unbilled: exact(unbilled).toString(),
    detail: detail.map(({ what, expected, found }) => ({ what, expected: exact(expected).toString(), found: exact(found).toString() })),
  };
}
