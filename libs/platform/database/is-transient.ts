const TRANSIENT_STATES = new Set([
  '40001',
  '40P01',
  '55P03',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
]);
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
]);
const CLIENT_MESSAGES =
  /Connection terminated|Connection ended|timeout (exceeded )?when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|Query read timeout|the database system is (starting up|shutting down)|Connection is not established|DataSource is not (set|initialized|connected)|Client was closed/i;

/**
 * Whether a failed database operation is worth repeating unchanged: the connection is gone or refused, the server is starting, stopping or out of
 * resources (53xxx), or the transaction lost a deadlock or serialisation conflict. Looks through `cause`, TypeORM's `driverError` and AggregateError.
 */
export function isTransient(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { code, message, cause, driverError, errors } = error as Record<'code' | 'message' | 'cause' | 'driverError' | 'errors', unknown>;
  if (typeof code === 'string' && (TRANSIENT_STATES.has(code) || code.startsWith('53') || SYSTEM_CODES.has(code))) return true;
  if (typeof message === 'string' && CLIENT_MESSAGES.test(message)) return true;
  if (Array.isArray(errors) && errors.some((inner) => isTransient(inner, depth + 1))) return true;
  return isTransient(cause, depth + 1) || isTransient(driverError, depth + 1);
}
