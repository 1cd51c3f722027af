import type { ChargePosted, UsageParked, UsageRecorded } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { parkedOfRow, parkUsage, type ParkedRow } from '../db/parked-rows';
import { postEntries } from '../db/post-entries';
import { chargeOfRow, type ChargeRow } from '../db/read-charges';
import type { KnownEvent } from './claim-events';
import { correctedUsage, reversalOf, truthOf } from './correction';
import type { EventRater } from './event-rater';

/** What a correction led to. */
export interface Corrected {
  readonly charges: readonly ChargePosted[];
  readonly parked: readonly UsageParked[];
}

/**
 * Books the truth about an earlier event: takes the event's current charge back and posts the true one, both as new entries that name the old. While the
 * earlier event is parked itself, the truth takes its place. A truth that cannot be priced yet is parked, and the earlier charge stands meanwhile.
 */
export async function correctCharge(
  tx: Sql,
  rater: EventRater,
  { usage, corrected, now, change }: { usage: UsageRecorded; corrected: KnownEvent; now: number; change: bigint },
): Promise<Corrected> {
  if (corrected.organization_id !== usage.organizationId)
    throw new PoisonRecordError('A correction and the event it corrects are of two organisations');
  const occurredAt = corrected.occurred_at.getTime();
  const waiting = await tx.query<ParkedRow>('SELECT * FROM parked_usage WHERE event_id = $1 FOR UPDATE', [corrected.event_id]);
  if (waiting.rows[0]) {
    const statement = rater.rate(correctedUsage(parkedOfRow(waiting.rows[0]).usage!, usage), occurredAt, now);
    if ('parked' in statement) {
      await parkUsage(tx, [statement.parked], change);
      return { charges: [], parked: [statement.parked] };
    }
    await tx.query('DELETE FROM parked_usage WHERE event_id = $1', [corrected.event_id]);
    await postEntries(tx, [statement.charge]);
    return { charges: [statement.charge], parked: [] };
  }
  const current = await currentCharge(tx, corrected);
  const statement = rater.rate({ ...usage, occurredAt: current.occurredAt }, occurredAt, now);
  if ('parked' in statement) {
    await parkUsage(tx, [statement.parked], change);
    return { charges: [], parked: [statement.parked] };
  }
  const charges = [reversalOf(current, usage.eventId, now), truthOf(statement.charge, current, usage.eventId)];
  await postEntries(tx, charges);
  return { charges, parked: [] };
}

/** The newest entry of the event: its first charge, or the truth of the last correction. */
async function currentCharge(tx: Sql, event: KnownEvent): Promise<ChargePosted> {
  const { rows } = await tx.query<ChargeRow>(
    'SELECT * FROM charges WHERE organization_id = $1 AND occurred_at = $2 AND event_id = $3 ORDER BY entry DESC LIMIT 1',
    [event.organization_id, event.occurred_at.toISOString(), event.event_id],
  );
  if (!rows[0]) throw new PoisonRecordError(`The event ${event.event_id} is in the books without a charge`);
  return chargeOfRow(rows[0]);
}
