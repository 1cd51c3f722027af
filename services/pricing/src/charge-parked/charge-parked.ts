import { topics, type ChargePosted, type UsageParked } from '@tollgate/contracts';
import type { Clock } from '@tollgate/platform/config';
import { writeOutbox, type ConsumerDatabase, type OutboxRecord, type Sql } from '@tollgate/platform/database';
import { parkedOfRow, parkUsage, type ParkedRow } from '../db/parked-rows';
import { postEntries } from '../db/post-entries';
import type { CatalogueLoader } from '../hold-catalogue/catalogue-loader';
import { readKnown } from '../post-charges/claim-events';
import { correctCharge } from '../post-charges/correct-charge';
import type { EventRater, Organizations } from '../post-charges/event-rater';

const BATCH_SIZE = 500;

/** Worth another try: prices, rates or mark-ups have changed since the last one, or the organisation is known now. Skips what another process has in hand. */
const WORTH_TRYING = `
SELECT * FROM parked_usage WHERE tried_with_change < $1 OR (reason = 'no_organization' AND organization_id = ANY($2::uuid[]))
ORDER BY event_id LIMIT $3 FOR UPDATE SKIP LOCKED`;

/** Charges parked usage when what was missing has come. */
export class ChargeParked {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly loader: CatalogueLoader,
    private readonly rater: EventRater,
    private readonly organizations: Organizations,
    private readonly clock: Clock,
  ) {}

  /**
   * Tries everything that is worth another try. What it posts is published through the outbox, in the order of posting.
   * @returns how many events were charged
   */
  async run(): Promise<number> {
    await this.loader.refresh();
    let charged = 0;
    for (;;) {
      const organizationIds = await this.#foundOrganizations();
      const tried = await this.database.transaction((tx) => this.#tryBatch(tx, organizationIds));
      charged += tried.charged;
      if (tried.rows < BATCH_SIZE) return charged;
    }
  }

  async #foundOrganizations(): Promise<string[]> {
    const { rows } = await this.database.query<{ organization_id: string }>(
      "SELECT DISTINCT organization_id FROM parked_usage WHERE reason = 'no_organization'",
    );
    return rows.map(({ organization_id }) => organization_id).filter((id) => this.organizations.get(id) !== undefined);
  }

  async #tryBatch(tx: Sql, organizationIds: readonly string[]): Promise<{ rows: number; charged: number }> {
    const { change } = this.loader.catalogue;
    const now = this.clock.now();
    const { rows } = await tx.query<ParkedRow>(WORTH_TRYING, [change, organizationIds, BATCH_SIZE]);
    const charges: ChargePosted[] = [];
    const parked: UsageParked[] = [];
    const told: UsageParked[] = [];
    const done: string[] = [];
    for (const row of rows) {
      const usage = parkedOfRow(row).usage!;
      if (usage.correctsEventId !== '') {
        const corrected = (await readKnown(tx, [usage.correctsEventId])).get(usage.correctsEventId)!;
        await tx.query('DELETE FROM parked_usage WHERE event_id = $1', [usage.eventId]);
        const booked = await correctCharge(tx, this.rater, { usage, corrected, now, change });
        await writeOutbox(tx, booked.charges.map(chargeRecord));
        continue;
      }
      const statement = this.rater.rate(usage, row.occurred_at.getTime(), now);
      if ('charge' in statement) {
        charges.push(statement.charge);
        done.push(row.event_id);
        continue;
      }
      parked.push(statement.parked);
      if (statement.parked.reason !== row.reason) told.push(statement.parked);
    }
    await tx.query('DELETE FROM parked_usage WHERE event_id = ANY($1::uuid[])', [done]);
    await postEntries(tx, charges);
    await parkUsage(tx, parked, change);
    await writeOutbox(tx, [...charges.map(chargeRecord), ...told.map(parkedRecord)]);
    return { rows: rows.length, charged: charges.length };
  }
}

function chargeRecord(charge: ChargePosted): OutboxRecord {
  return { topic: topics.chargePosted.name, key: charge.eventId, value: topics.chargePosted.encode(charge) };
}

function parkedRecord(parked: UsageParked): OutboxRecord {
  return { topic: topics.usageParked.name, key: parked.usage!.eventId, value: topics.usageParked.encode(parked) };
}
