import { Decimal } from '@tollgate/domain';
import type { BookDetail, Books } from '../keep-books/ledger-books';

/** Where two sides of the books disagree. */
export interface Difference {
  readonly service: string;
  readonly what: string;
  readonly expected: string | null;
  readonly found: string | null;
  /** What else the service said about it. */
  readonly detail?: unknown;
}

/** An all-covering budget as budget-alert keeps it. */
export interface BudgetSpend {
  readonly id: string;
  readonly name: string;
  readonly spent: string;
}

/** What each service says; undefined where it has not been asked or has not answered. */
export interface AllBooks {
  readonly ledger: Books;
  readonly aggregation: Books | undefined;
  readonly budgets: (Books & { readonly budgets?: readonly BudgetSpend[] }) | undefined;
  readonly invoicing: (Books & { readonly invoiced: string; readonly unbilled: string }) | undefined;
}

const COUNTS_AND_SUMS = ['charges', 'requests', 'amount', 'cost', 'direct'] as const;

/**
 * Compares everybody's books with the ledger, to the last digit (invariant 5): counts and sums of each service, what is invoiced and unbilled with the
 * amount, an all-covering budget with amount and direct; and adds what each service finds wrong within its own tables.
 */
export function compareBooks({ ledger, aggregation, budgets, invoicing }: AllBooks): Difference[] {
  const differences = own('pricing', ledger.detail ?? []);
  for (const [service, books] of Object.entries({ aggregation, 'budget-alert': budgets, invoicing })) {
    if (!books) continue;
    for (const what of COUNTS_AND_SUMS) differences.push(...differing(service, what, ledger[what], books[what]));
    differences.push(...own(service, books.detail ?? []));
  }
  if (invoicing) {
    const total = sum(invoicing.invoiced, invoicing.unbilled);
    differences.push(...differing('invoicing', 'invoiced and unbilled', ledger.amount, total));
  }
  for (const { id, name, spent } of budgets?.budgets ?? []) {
    differences.push(...differing('budget-alert', `spend of budget ${id} (${name})`, sum(ledger.amount, ledger.direct), spent));
  }
  return differences;
}

/** A member that a service does not keep is not compared. */
function differing(service: string, what: string, expected: string | undefined, found: string | undefined): Difference[] {
  if (expected === undefined || found === undefined || Decimal.parse(expected).equals(Decimal.parse(found))) return [];
  return [{ service, what, expected, found }];
}

function own(service: string, details: readonly BookDetail[]): Difference[] {
  return details.map(({ what, expected, found, ...rest }) => ({
    service,
    what,
    expected: expected === undefined ? null : String(expected),
    found: found === undefined ? null : String(found),
    ...(Object.keys(rest).length > 0 ? { detail: rest } : {}),
  }));
}

function sum(left: string, right: string): string {
  return Decimal.parse(left).plus(Decimal.parse(right)).toString();
}
