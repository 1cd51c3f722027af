import type { INestApplication } from '@nestjs/common';
import type { Logger } from '@tollgate/platform/observability';
import type { Readiness } from './readiness';

const LONGEST_DRAIN_MS = 9_000;

/**
 * On SIGTERM or SIGINT: no longer ready, finish what is in hand, close everything, exit 0. What takes over 9 seconds is cut, which is harmless: every
 * effect is committed with its cause or repeated.
 */
export function exitGracefully(app: INestApplication, readiness: Readiness, logger: Logger, onExit: () => Promise<void>): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'shutting down');
    readiness.drain();
    const giveUp = setTimeout(() => {
      logger.warn('shutting down took too long and is cut');
      process.exit(0);
    }, LONGEST_DRAIN_MS);
    app
      .close()
      .catch((error: unknown) => logger.error({ err: error }, 'closing failed'))
      .then(onExit)
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(giveUp);
        process.exit(0);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
