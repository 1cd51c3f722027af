/** Nobody's id: what `tollgate.org` is outside a transaction of `TenantDatabase`, so that policies compare with it and show nothing. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** PostgreSQL start-up options of every session: unqualified names mean the service's own schema, times are UTC, and nothing hangs for ever. */
export function sessionOptions(schema: string, statementTimeoutMs: number): string {
  const settings = {
    search_path: schema,
    timezone: 'UTC',
    statement_timeout: String(statementTimeoutMs),
    lock_timeout: '10000',
    idle_in_transaction_session_timeout: '60000',
    'tollgate.org': NOBODY,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
