import type { ChargePosted } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import { jsonArray, plainArray, textArray } from './array-literal';
import { CHARGE_COLUMNS, type ChargeColumn } from './charge-columns';

const NAMES = CHARGE_COLUMNS.map(({ name }) => name).join(', ');
const PARAMETERS = CHARGE_COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ');
const INSERT = `INSERT INTO charges (${NAMES}) SELECT * FROM unnest(${PARAMETERS})`;

/** Adds entries to the ledger, in their order. */
export async function insertCharges(tx: Sql, charges: readonly ChargePosted[]): Promise<void> {
  if (charges.length === 0) return;
  await tx.query(
    INSERT,
    CHARGE_COLUMNS.map((column) => arrayOf(column, charges)),
  );
}

function arrayOf({ type, valueOf }: ChargeColumn, charges: readonly ChargePosted[]): string {
  const values = charges.map(valueOf);
  if (type === 'jsonb') return jsonArray(values as string[]);
  return type === 'text' ? textArray(values as string[]) : plainArray(values);
}
