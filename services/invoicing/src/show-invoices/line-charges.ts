import { notFound } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';

const LINE = 'SELECT accrual_id, generation FROM invoice_lines WHERE organization_id = $1 AND invoice_id = $2 AND id = $3';
const CHARGES = `SELECT charge_id AS id FROM applied_charges
  WHERE organization_id = $1 AND accrual_id = $2 AND generation = $3 AND ($4::uuid IS NULL OR charge_id > $4) ORDER BY charge_id LIMIT $5`;

/** The charges that a line is made of, in the order of their ids. A draft's line shows what has come since, too. */
export async function chargesOfLine(
  manager: EntityManager,
  organizationId: string,
  where: { readonly invoiceId: string; readonly lineId: string; readonly after: string | undefined },
  size: number,
): Promise<{ id: string }[]> {
  const [line] = (await manager.query(LINE, [organizationId, where.invoiceId, where.lineId])) as {
    accrual_id: string;
    generation: number;
  }[];
  if (!line) throw notFound('invoice line', where.lineId);
  return (await manager.query(CHARGES, [organizationId, line.accrual_id, line.generation, where.after, size])) as { id: string }[];
}
