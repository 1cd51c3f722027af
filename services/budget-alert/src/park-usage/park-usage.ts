import { createHash } from 'node:crypto';
import type { UsageParked } from '@tollgate/contracts';
import { CalendarError, Decimal, DecimalError, localDate } from '@tollgate/domain';
import type { Clock } from '@tollgate/platform/config';
import type { ConsumerDatabase, Sql } from '@tollgate/platform/database';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { v7 as uuidv7 } from 'uuid';
import type { NewAlert } from '../raise-alerts/new-alert';
import { raiseAlerts, type Raised } from '../raise-alerts/raise-alerts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface ParkedHold {
  readonly eventId: string;
  readonly grantId: string;
  readonly organizationId: string;
  readonly held: string;
  readonly parkedAt: Date;
}

/**
 * Usage without a price: what it holds of its grants is kept even when these expire, until it is charged, and its organisation is told once a day for
 * each model.
 */
export class ParkUsage {
  constructor(
    private readonly database: ConsumerDatabase,
    private readonly clock: Clock,
  ) {}

  /** A repetition changes nothing. Throws PoisonRecordError for what can never be noted. */
  async note(batch: readonly UsageParked[]): Promise<Raised> {
    const holds = batch.flatMap(holdsOf);
    const alerts = batch.map((parked) => alertOf(parked, this.clock.now()));
    return this.database.transaction(async (tx) => {
      await keepHolds(tx, holds);
      return raiseAlerts(tx, oncePerSubject(alerts));
    });
  }
}

function holdsOf({ usage, parkedAt }: UsageParked): ParkedHold[] {
  if (!usage || !UUID.test(usage.eventId) || !UUID.test(usage.organizationId))
    throw new PoisonRecordError('parked usage without valid ids');
  const { eventId, organizationId } = usage;
  try {
    return usage.grants
      .filter(({ grantId, held }) => UUID.test(grantId) && !Decimal.parse(held).isNegative() && !Decimal.parse(held).isZero())
      .map(({ grantId, held }) => ({ eventId, grantId, organizationId, held, parkedAt: new Date(instant(parkedAt)) }));
  } catch (error) {
    if (error instanceof DecimalError) throw new PoisonRecordError(error.message);
    throw error;
  }
}

function alertOf({ usage, reason, detail, parkedAt, timeZone }: UsageParked, raisedAt: number): NewAlert {
  const { organizationId, provider, model } = usage!;
  const day = dayOf(instant(parkedAt), timeZone);
  return {
    id: uuidv7(),
    organizationId,
    type: 'usage.parked',
    // Model names come from outside and may be long.
    subject: `parked|${createHash('sha256')
      .update(JSON.stringify([provider, model, day]))
      .digest('hex')}`,
    mark: 'usage.parked',
    budgetId: null,
    name: `${provider}/${model}`,
    periodStart: null,
    threshold: null,
    spent: null,
    amount: null,
    currency: '',
    data: { provider, model, day, reason, detail },
    raisedAt,
  };
}

/** Of an organisation that is not known the zone is not known either. */
function dayOf(epochMs: number, timeZone: string): string {
  try {
    return localDate(epochMs, timeZone || 'UTC');
  } catch (error) {
    if (error instanceof CalendarError) throw new PoisonRecordError(error.message);
    throw error;
  }
}

function instant(text: string): number {
  const epochMs = Date.parse(text);
  if (!Number.isFinite(epochMs)) throw new PoisonRecordError(`parkedAt is not a time: ${text.slice(0, 40)}`);
  return epochMs;
}

function oncePerSubject(alerts: readonly NewAlert[]): NewAlert[] {
  return [...new Map(alerts.map((alert) => [`${alert.organizationId}|${alert.subject}`, alert])).values()];
}

/** Unless the event has been charged already: its charge may have come first, on another topic. */
async function keepHolds(tx: Sql, holds: readonly ParkedHold[]): Promise<void> {
  if (holds.length === 0) return;
  const sorted = [...holds].sort((left, right) => (left.eventId < right.eventId ? -1 : 1));
  await tx.query(
    `INSERT INTO parked_holds (event_id, grant_id, organization_id, held, parked_at)
     SELECT event_id, grant_id, organization_id, held, parked_at
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[], $5::timestamptz[]) AS new (event_id, grant_id, organization_id, held, parked_at)
     WHERE NOT EXISTS (SELECT FROM applied_charges a WHERE a.charge_id = new.event_id)
     ON CONFLICT (event_id, grant_id) DO NOTHING`,
    [
      sorted.map(({ eventId }) => eventId),
      sorted.map(({ grantId }) => grantId),
      sorted.map(({ organizationId }) => organizationId),
      sorted.map(({ held }) => held),
      sorted.map(({ parkedAt }) => parkedAt),
    ],
  );
}
