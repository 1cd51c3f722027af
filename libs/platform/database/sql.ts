/** Runs SQL with positional parameters. What a transaction of `ConsumerDatabase` hands out; a TypeORM EntityManager's `query` returns rows alone. */
export interface Sql {
  /**
   * Runs one statement. Values come back as PostgreSQL sends them: numeric, int8 and date as text, timestamptz as Date (milliseconds), bytea as
   * Buffer, jsonb parsed.
   */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }>;
}
