import { topics } from '@tollgate/contracts';
import type { ConsumerDatabase } from '@tollgate/platform/database';
import { pause, type CutReader, type Offsets } from '@tollgate/platform/kafka';

const WAIT_MS = 3_000;
const ASK_EVERY_MS = 100;
const OWN_GROUP = 'pricing';

/** Waits until everybody has come past a cut: pricing itself by time, the others by what pricing has published until then. */
export class LedgerProgress {
  constructor(
    private readonly cuts: Pick<CutReader, 'hasPassedTime' | 'endOffsets' | 'passed'>,
    private readonly database: Pick<ConsumerDatabase, 'query'>,
  ) {}

  /**
   * Whether every charge rated before the cut is in the ledger and published: the usage that came before it has been handled, and nothing that was charged
   * late still waits in the outbox. False when that does not come true within three seconds.
   */
  ledgerPassed(cut: number): Promise<boolean> {
    return eventually(
      async () => (await this.cuts.hasPassedTime(OWN_GROUP, topics.usageRecorded.name, cut)) && !(await this.#waitsInOutbox(cut)),
    );
  }

  /** Where charge.posted ends now. */
  published(): Promise<Offsets> {
    return this.cuts.endOffsets(topics.chargePosted.name);
  }

  /** Whether a consumer group has handled all that was published until then. False when that does not come true within three seconds. */
  groupPassed(group: string, published: Offsets): Promise<boolean> {
    return eventually(() => this.cuts.passed(group, topics.chargePosted.name, published));
  }

  async #waitsInOutbox(cut: number): Promise<boolean> {
    const { rows } = await this.database.query<{ waits: boolean }>(
      'SELECT EXISTS (SELECT FROM outbox WHERE topic = $1 AND created_at <= $2) AS waits',
      [topics.chargePosted.name, new Date(cut).toISOString()],
    );
    return rows[0]!.waits;
  }
}

/** A broker that does not answer counts as not passed. */
async function eventually(passed: () => Promise<boolean>): Promise<boolean> {
  const giveUpAt = performance.now() + WAIT_MS;
  for (;;) {
    if (await passed().catch(() => false)) return true;
    if (performance.now() >= giveUpAt) return false;
    await pause(ASK_EVERY_MS);
  }
}
