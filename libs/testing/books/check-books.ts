import { Client, type ClientBase } from 'pg';
import { compareEvents, type EventReport } from './compare-events';
import { compareAppliedCharges, compareBudgets, compareChargeLines, compareInvoices, compareSums, type Difference } from './compare-tables';
import type { ExpectedUsage } from './expected-usage';
import { type BooksScope, readLedgerEvents, readParkedIds } from './read-ledger';
import type { AnsweredCalls } from './simulator-book';

/** What is compared with what. */
export interface BooksQuestion extends BooksScope {
  /** A role that sees every row: the superuser of the test's or the installation's database. */
  readonly ownerUrl: string;
  /** What the provider's book demands; left out, calls are not judged by id. */
  readonly calls?: AnsweredCalls;
  /** Everything that the usage API accepted from its sources within the scope; events of other sources are not judged by id. */
  readonly events?: readonly ExpectedUsage[];
}

/** What the books say, and whether they are right. */
export interface BooksReport {
  /** No event lost, double, foreign or wrong, and no difference between the services' tables. Estimates and parked usage are no faults. */
  readonly ok: boolean;
  /** By event id; undefined when nothing was expected. */
  readonly events: EventReport | undefined;
  /** Attempt ids that the provider answered more than once. */
  readonly repeatedAttempts: readonly string[];
  /** The services' tables against each other: ids first, then sums, then what each says of itself. */
  readonly differences: readonly Difference[];
}

/** Compares the books in one snapshot. Throws when the database cannot be read whole. */
export async function checkBooks(question: BooksQuestion): Promise<BooksReport> {
  const owner = new Client({ connectionString: question.ownerUrl, application_name: 'books-checker' });
  await owner.connect();
  try {
    await assertSeesEverything(owner);
    await owner.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const events = await eventReport(owner, question);
    const differences: Difference[] = [];
    for (const compare of [compareAppliedCharges, compareSums, compareBudgets, compareChargeLines, compareInvoices])
      differences.push(...(await compare(owner, question)));
    await owner.query('COMMIT');
    const repeatedAttempts = question.calls?.repeated ?? [];
    const faults = events === undefined ? 0 : events.lost.length + events.double.length + events.foreign.length + events.wrong.length;
    return { ok: faults === 0 && repeatedAttempts.length === 0 && differences.length === 0, events, repeatedAttempts, differences };
  } finally {
    await owner.end();
  }
}

/** Checks until the books are right, for work that is still under way; the last report when the time is over. Rests as long as a check took (8 s for
 * 100,000 charges), so that it does not hold up what it waits for. */
export async function booksWithin(
  maxMs: number,
  question: () => Promise<BooksQuestion> | BooksQuestion,
  everyMs = 1_000,
): Promise<BooksReport & { readonly tookMs: number }> {
  const startedMs = Date.now();
  for (;;) {
    const checkedMs = Date.now();
    const report = await checkBooks(await question());
    const tookMs = Date.now() - startedMs;
    const restMs = Math.max(everyMs, Date.now() - checkedMs);
    if (report.ok || tookMs + restMs > maxMs) return { ...report, tookMs };
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}

async function eventReport(owner: ClientBase, { calls, events, ...scope }: BooksQuestion): Promise<EventReport | undefined> {
  if (calls === undefined && events === undefined) return undefined;
  const ledger = await readLedgerEvents(owner, scope);
  const judged = calls === undefined ? ledger.filter(({ reportedId }) => reportedId !== null) : ledger;
  const wanted = { ...calls, expected: [...(calls?.expected ?? []), ...(events ?? [])] };
  return compareEvents(wanted, judged, await readParkedIds(owner, scope));
}

/** Row-level security would hide rows from any other role, and what is hidden agrees with everything. */
async function assertSeesEverything(owner: ClientBase): Promise<void> {
  const { rows } = await owner.query<{ sees: boolean }>(
    'SELECT rolsuper OR rolbypassrls AS sees FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.sees !== true)
    throw new Error('The books checker needs a role that row-level security does not bind, such as the superuser');
}
