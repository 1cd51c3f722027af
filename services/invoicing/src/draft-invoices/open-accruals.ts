import { Decimal, type AccruedLine } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';

/** An accrual with charges that are on no finalised invoice. */
export interface OpenAccrual extends AccruedLine {
  readonly accrualId: string;
  readonly generation: number;
  readonly period: string;
  readonly currency: string;
  readonly cost: string;
  readonly direct: string;
  readonly charges: string;
  readonly requests: string;
}

interface AccrualRow {
  id: string;
  generation: number;
  period: string;
  currency: string;
  provider: string;
  model: string;
  project: string;
  accrued: string;
  cost: string;
  direct: string;
  charges: string;
  requests: string;
}

const LAST_FINALIZED = "SELECT max(period) AS period FROM invoices WHERE organization_id = $1 AND status = 'finalized'";
const OPEN = 'SELECT * FROM accruals WHERE organization_id = $1 AND charges > 0 AND period <= $2';

/** Keeps charges from accruing for the organisation until the transaction ends. */
export async function lockOrganization(manager: EntityManager, organizationId: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(organization_lock($1))', [organizationId]);
}

/** The newest month with a finalised invoice; '' for none. Usage of it and of older months is late from now on. */
export async function lastFinalizedPeriod(manager: EntityManager, organizationId: string): Promise<string> {
  const [row] = (await manager.query(LAST_FINALIZED, [organizationId])) as { period: string | null }[];
  return row?.period ?? '';
}

/**
 * What has accrued up to a month, told apart: `due` is what an invoice of that month is made of, its own charges and late ones of months that are invoiced
 * already; `before` are the months in between, which need an invoice of their own first.
 */
export async function openAccruals(
  manager: EntityManager,
  organizationId: string,
  period: string,
  lastFinalized: string,
): Promise<{ due: OpenAccrual[]; before: string[] }> {
  const rows = ((await manager.query(OPEN, [organizationId, period])) as AccrualRow[]).map((row) => openAccrualOf(row, period));
  const isDue = (accrual: OpenAccrual) => accrual.period === period || accrual.period <= lastFinalized;
  return { due: rows.filter(isDue), before: [...new Set(rows.filter((row) => !isDue(row)).map((row) => row.period))].sort() };
}

function openAccrualOf(row: AccrualRow, invoicePeriod: string): OpenAccrual {
  const { id, accrued, ...rest } = row;
  return { ...rest, accrualId: id, exactAmount: Decimal.parse(accrued), ...(row.period === invoicePeriod ? {} : { adjusts: row.period }) };
}
