import { Inject, Injectable } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { HttpJsonError, Problem, httpJson, serviceToken, unavailable } from '@tollgate/platform/http';
import { CutReader, KafkaConnection } from '@tollgate/platform/kafka';
import { createLogger } from '@tollgate/platform/observability';
import type { InvoicingConfig } from '../invoicing-config';

const GROUP = 'invoicing';
const PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 150;

/** Says whether nothing can be added any more to what a month's invoice is made of. */
export abstract class MonthFinality {
  /** @throws Problem 409 with the reason while the month is not final, 503 when that cannot be told now. */
  abstract require(month: { organizationId: string; period: string; graceHours: number }): Promise<void>;
}

/** Asks pricing, which tracks the producers, and then waits until our own group has read every charge that pricing had posted by then. */
@Injectable()
export class AskedMonthFinality extends MonthFinality {
  readonly #logger = createLogger('invoicing');
  readonly #cuts: CutReader;

  constructor(
    private readonly config: InvoicingConfig,
    connection: KafkaConnection,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
    this.#cuts = new CutReader(connection);
  }

  async require({ organizationId, period, graceHours }: { organizationId: string; period: string; graceHours: number }): Promise<void> {
    const token = await serviceToken('invoicing', this.config.TOLLGATE_INTERNAL_SECRET, this.clock.now());
    const path = `/internal/months/${period}/final?organizationId=${organizationId}&graceHours=${graceHours}`;
    const { final, reason } = await this.#ask(path, token);
    if (!final) throw notFinal(period, reason);
    if (!(await this.#hasReadAll())) throw notFinal(period, 'Charges that were posted already are still being read');
  }

  async #ask(path: string, token: string): Promise<{ final: boolean; reason: string }> {
    try {
      return await httpJson(this.config.TOLLGATE_PRICING_URL, path, { token });
    } catch (error) {
      if (!(error instanceof HttpJsonError)) throw error;
      this.#logger.warn({ err: error }, 'pricing could not say whether a month is final');
      throw unavailable('Whether the month is final cannot be told: pricing does not answer.');
    }
  }

  async #hasReadAll(): Promise<boolean> {
    try {
      const { name } = topics.chargePosted;
      const ends = await this.#cuts.endOffsets(name);
      for (let waited = 0; ; waited += LOOK_EVERY_MS) {
        if (await this.#cuts.passed(GROUP, name, ends)) return true;
        if (waited >= PATIENCE_MS) return false;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'Kafka could not say whether all charges are read');
      throw unavailable('Whether all charges of the month have arrived cannot be told: Kafka does not answer.');
    }
  }
}

function notFinal(period: string, reason: string): Problem {
  return new Problem({
    status: 409,
    code: 'month_not_final',
    title: 'The month is not final',
    detail: `${period} is not final yet. ${reason}.`,
    fix: 'Finalise it later, or now with {"force": true, "reason": "…"}; what still arrives is then an adjustment on the next invoice.',
    reason,
  });
}
