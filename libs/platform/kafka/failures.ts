import { KafkaJSError } from 'kafkajs';

/** Thrown by a handler: this batch holds a record that will never succeed. It is dead-lettered with this reason, without retries. */
export class PoisonRecordError extends Error {
  override readonly name = 'PoisonRecordError';
}

/** A record or a batch was not accepted by Kafka before the producer was closed or the caller's deadline passed. It may have arrived. */
export class NotPublishedError extends Error {
  override readonly name = 'NotPublishedError';
}

/** Node's system errors (ECONNREFUSED …) and undici's: the world's fault, never a record's. */
const SYSTEM_CODE = /^(E[A-Z0-9]+|UND_ERR_\w+)$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const LOST_CONNECTION =
  /connection (terminated|ended|closed)|timeout (expired|exceeded)|pool is (closed|ended|draining)|cannot use a pool after/i;

/**
 * Classes of SQLSTATE that a record's content can cause: cardinality violation, data exception, integrity constraint violation, check
 * option, program limit, raised exception. Source: PostgreSQL manual, appendix A.
 */
const CONTENT_CLASSES = new Set(['21', '22', '23', '44', '54', 'P0']);

interface ErrorParts {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  driverError?: unknown;
}

/**
 * Whether repeating the same batch may succeed: broker, network or database away, deadlock, no room, a schema not migrated yet. What is
 * left is the record's own fault or a defect, found by bisection.
 */
export function isTransientFailure(error: unknown): boolean {
  if (error instanceof KafkaJSError || error instanceof NotPublishedError) return true;
  if (error === null || typeof error !== 'object') return false;
  const { name, code, message, cause, driverError } = error as ErrorParts;
  if (typeof code === 'string') {
    if (SYSTEM_CODE.test(code)) return true;
    if (SQLSTATE.test(code)) return !CONTENT_CLASSES.has(code.slice(0, 2));
  }
  if (typeof message === 'string' && LOST_CONNECTION.test(message)) return true;
  if (name === 'TimeoutError' || name === 'AbortError') return true;
  if (driverError !== undefined && driverError !== error) return isTransientFailure(driverError);
  return cause !== undefined && cause !== error ? isTransientFailure(cause) : false;
}

/** A line for a header or a log: name and message, at most 500 characters. */
export function reasonOf(error: unknown): string {
  if (error instanceof PoisonRecordError) return error.message.slice(0, 500);
  return (error instanceof Error ? `${error.name}: ${error.message}` : (JSON.stringify(error) ?? String(error))).slice(0, 500);
}
