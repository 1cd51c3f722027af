import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase } from '@tollgate/platform/database';
import { createLogger } from '@tollgate/platform/observability';

/** A cut of the books lies 15 s back; an hour leaves room for whoever asks late. */
const KEPT_MS = 3_600_000;
const EVERY_MS = 60_000;

/** Leaves rows alone that are being added to; they are pruned a minute later. */
const PRUNE = `DELETE FROM recent_totals WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM recent_totals WHERE rated_second < $1 ORDER BY organization_id, period, rated_second LIMIT 20000 FOR UPDATE SKIP LOCKED))`;

/** Forgets the seconds of `recent_totals` that no cut will ask for. */
@Injectable()
export class RecentPruner implements OnModuleInit, OnModuleDestroy {
  readonly #logger = createLogger('invoicing');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ConsumerDatabase) private readonly database: ConsumerDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(
      () => void this.prune().catch((error: unknown) => this.#logger.warn({ err: error }, 'pruning failed; tried again in a minute')),
      EVERY_MS,
    );
    this.#timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Deletes what is older than an hour; returns how many rows. */
  async prune(): Promise<number> {
    return (await this.database.query(PRUNE, [new Date(this.clock.now() - KEPT_MS)])).rowCount;
  }
}
