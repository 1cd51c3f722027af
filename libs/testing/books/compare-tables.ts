import { minorUnits, unitDefinition } from '@tollgate/domain';
import type { ClientBase } from 'pg';
import { type BooksScope, statement } from './read-ledger';

/** Two of the system's own tables, or two columns, that contradict each other. */
export interface Difference {
  /** The service whose rows differ from the ledger's, or from each other. */
  readonly service: 'pricing' | 'aggregation' | 'budget-alert' | 'invoicing';
  /** What was compared: a table, a budget, an invoice, a charge. */
  readonly what: string;
  /** The column or sum. */
  readonly member: string;
  readonly expected: string;
  readonly found: string;
}

const MEMBERS = ['charges', 'requests', 'amount', 'cost', 'direct'] as const;
const SERVICE_OF = {
  rollup_hour: 'aggregation',
  rollup_day: 'aggregation',
  meters: 'budget-alert',
  'invoiced and unbilled': 'invoicing',
} as const;
type Book = keyof typeof SERVICE_OF;
type Sums = Record<(typeof MEMBERS)[number], string>;

/** Which charges each consumer has applied, by id. */
export async function compareAppliedCharges(owner: ClientBase, { organizationId }: BooksScope): Promise<Difference[]> {
  const { rows } = await owner.query<{ service: Difference['service']; kind: string; charge_id: string }>(
    statement('applied-charges.sql'),
    [organizationId ?? null],
  );
  return rows.map(({ service, kind, charge_id }) => ({
    service,
    what: `charge ${charge_id}`,
    member: kind,
    expected: 'applied once',
    found: kind,
  }));
}

/** The sums of each organisation and billing month, each service's own against the ledger's. */
export async function compareSums(owner: ClientBase, { organizationId }: BooksScope): Promise<Difference[]> {
  const { rows } = await owner.query<{ book: Book | 'ledger'; organization_id: string; period: string } & Sums>(
    statement('book-sums.sql'),
    [organizationId ?? null],
  );
  const ledgers = new Map<string, Sums>();
  const books = new Map<string, Sums>();
  for (const row of rows) {
    const months = `${row.organization_id} ${row.period}`;
    if (row.book === 'ledger') ledgers.set(months, row);
    else books.set(`${row.book}/${months}`, row);
  }
  const months = new Set([...ledgers.keys(), ...[...books.keys()].map((key) => key.slice(key.indexOf('/') + 1))]);
  return (Object.keys(SERVICE_OF) as Book[]).flatMap((book) =>
    [...months].flatMap((month) => differences(SERVICE_OF[book], `${book} of ${month}`, ledgers.get(month), books.get(`${book}/${month}`))),
  );
}

function differences(service: Difference['service'], what: string, ledger: Sums | undefined, book: Sums | undefined): Difference[] {
  return MEMBERS.map((member) => ({
    service,
    what,
    member,
    expected: canonical(ledger?.[member]),
    found: canonical(book?.[member]),
  })).filter(({ expected, found }) => expected !== found);
}

/** A sum as PostgreSQL prints it, without trailing zeros; no row is a sum of nothing. */
function canonical(sum: string | undefined): string {
  if (sum === undefined) return '0';
  return sum.includes('.') ? sum.replace(/\.?0+$/, '') : sum;
}

/** What each budget has spent in each of its periods, against the charges of the ledger in its scope. */
export async function compareBudgets(owner: ClientBase, { organizationId }: BooksScope): Promise<Difference[]> {
  const { rows } = await owner.query<{ budget_id: string; name: string; first_day: string; spent: string; ledger: string }>(
    statement('budget-spend.sql'),
    [organizationId ?? null],
  );
  return rows.map(({ budget_id, name, first_day, spent, ledger }) => ({
    service: 'budget-alert',
    what: `budget ${budget_id} (${name}) from ${first_day}`,
    member: 'spent',
    expected: ledger,
    found: spent,
  }));
}

interface LinesRow {
  charge_id: string;
  cost: string;
  lines_cost: string;
  amount: string;
  lines_amount: string;
  misrated: number;
  unexplained: string[];
  direct: string;
  due_directly: string;
}

/** Charges that do not explain themselves (invariant 8). */
export async function compareChargeLines(owner: ClientBase, { organizationId }: BooksScope): Promise<Difference[]> {
  const { rows } = await owner.query<LinesRow>(statement('charge-lines.sql'), [organizationId ?? null]);
  return rows.flatMap((row) => {
    const unexplained = row.unexplained.filter((unit) => unitDefinition(unit)?.free !== true);
    const what = `charge ${row.charge_id}`;
    const found: Difference[] = [];
    if (row.cost !== row.lines_cost) found.push({ service: 'pricing', what, member: 'cost', expected: row.lines_cost, found: row.cost });
    if (row.amount !== row.lines_amount)
      found.push({ service: 'pricing', what, member: 'amount', expected: row.lines_amount, found: row.amount });
    if (row.misrated > 0)
      found.push({
        service: 'pricing',
        what,
        member: 'lines',
        expected: 'quantity × rate ÷ per × FX',
        found: `${row.misrated} lines differ`,
      });
    if (unexplained.length > 0)
      found.push({ service: 'pricing', what, member: 'lines', expected: `lines for ${unexplained.join(', ')}`, found: 'none' });
    if (row.direct !== row.due_directly)
      found.push({ service: 'pricing', what, member: 'direct', expected: row.due_directly, found: row.direct });
    return found;
  });
}

interface InvoiceRow {
  invoice_id: string;
  number: string | null;
  net: string;
  lines_net: string;
  exact_net: string;
  lines_exact_net: string;
  tax: string;
  total: string;
  misrounded: number;
}

/** Invoices that do not add up by themselves. */
export async function compareInvoices(owner: ClientBase, { organizationId }: BooksScope): Promise<Difference[]> {
  const { rows: currencies } = await owner.query<{ currency: string }>('SELECT DISTINCT currency FROM invoicing.invoices');
  const digits = Object.fromEntries(currencies.map(({ currency }) => [currency, minorUnits(currency)]));
  const { rows } = await owner.query<InvoiceRow>(statement('invoice-sums.sql'), [organizationId ?? null, JSON.stringify(digits)]);
  return rows.flatMap((row) => {
    const checks: [member: string, expected: string, found: string, wrong: boolean][] = [
      ['net', row.lines_net, row.net, row.net !== row.lines_net],
      ['exact_net', row.lines_exact_net, row.exact_net, row.exact_net !== row.lines_exact_net],
      ['lines', 'each rounded once, half up', `${row.misrounded} are not`, row.misrounded > 0],
    ];
    const wrong = checks.filter(([, , , isWrong]) => isWrong);
    if (wrong.length === 0) wrong.push(['total', `${row.net} + ${row.tax}`, row.total, true]);
    return wrong.map(([member, expected, found]): Difference => ({
      service: 'invoicing',
      what: `invoice ${row.number ?? row.invoice_id}`,
      member,
      expected,
      found,
    }));
  });
}
