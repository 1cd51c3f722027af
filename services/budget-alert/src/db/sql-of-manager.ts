import type { Sql } from '@tollgate/platform/database';
import type { EntityManager } from 'typeorm';

interface Structured {
  records?: unknown[];
  raw?: unknown;
  affected?: number;
}

/** A tenant's transaction as plain SQL, so that what consumers and REST share is written once. */
export function sqlOf(manager: EntityManager): Sql {
  const { queryRunner } = manager;
  if (!queryRunner) throw new Error('plain SQL needs a transaction of its own');
  return {
    async query<R>(text: string, values?: readonly unknown[]) {
      const result = (await queryRunner.query(text, values as unknown[] | undefined, true)) as Structured;
      const rows = (result.records ?? []) as R[];
      return { rows, rowCount: result.affected ?? rows.length };
    },
  };
}
