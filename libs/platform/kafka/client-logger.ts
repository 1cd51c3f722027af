import { logLevel, type logCreator } from 'kafkajs';

/** What this library logs to; a pino logger fits. The first argument carries the fields, the second the sentence. */
export interface KafkaLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

/** Says nothing: for tests and tools that report in another way. */
export const silentLogger: KafkaLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const REPEAT_AFTER_MS = 10_000;
const MESSAGES_REMEMBERED = 200;

/**
 * Passes what the Kafka client says to our logger. While a broker is away the client reports every attempt as an error; it heals by
 * itself, so its errors become warnings and the same sentence passes at most once in ten seconds, with the number that was left out.
 */
export function clientLogCreator(logger: KafkaLogger): logCreator {
  const lastSaid = new Map<string, { atMs: number; suppressed: number }>();
  return () =>
    ({ level, namespace, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = log;
      if (level > logLevel.WARN) return logger.debug({ namespace, ...fields }, message);
      const nowMs = Date.now();
      const last = lastSaid.get(message);
      if (last !== undefined && nowMs - last.atMs < REPEAT_AFTER_MS) {
        last.suppressed += 1;
        return;
      }
      if (lastSaid.size >= MESSAGES_REMEMBERED) lastSaid.clear();
      lastSaid.set(message, { atMs: nowMs, suppressed: 0 });
      const say = level === logLevel.WARN ? logger.debug : logger.warn;
      say.call(logger, { namespace, suppressed: last?.suppressed ?? 0, ...fields }, message);
    };
}
