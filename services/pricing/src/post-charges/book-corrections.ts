import type { ChargePosted, UsageParked } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import { PoisonRecordError } from '@tollgate/platform/kafka';
import { readKnown, type Claimed } from './claim-events';
import { correctCharge } from './correct-charge';
import type { EventRater } from './event-rater';
import type { UsageEvent } from './usage-event';

/** Corrections booked, and those that came again. */
export interface BookedCorrections {
  readonly charges: readonly ChargePosted[];
  readonly parked: readonly UsageParked[];
  readonly again: Claimed['again'];
}

/**
 * Books corrections one by one, in their order, after the batch's first statements. An event shares its partition with its corrections, so what a correction
 * names has come before it; if it has not, the record is set aside and can be replayed once it has.
 */
export async function bookCorrections(
  tx: Sql,
  rater: EventRater,
  { corrections, now, change }: { corrections: readonly UsageEvent[]; now: number; change: bigint },
): Promise<BookedCorrections> {
  const charges: ChargePosted[] = [];
  const parked: UsageParked[] = [];
  const again: { event: UsageEvent; first: Claimed['again'][number]['first'] }[] = [];
  for (const event of corrections) {
    const { eventId, correctsEventId } = event.usage;
    const found = await readKnown(tx, [eventId, correctsEventId]);
    const first = found.get(eventId);
    if (first) {
      again.push({ event, first });
      continue;
    }
    const corrected = found.get(correctsEventId);
    if (!corrected) throw new PoisonRecordError(`It corrects ${correctsEventId}, which is not in the books`);
    if (corrected.corrects_event_id !== null) throw new PoisonRecordError('A correction names the first event, not another correction');
    await tx.query(
      `INSERT INTO rated_events (event_id, organization_id, content_hash, occurred_at, producer, epoch, sequence, corrects_event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        eventId,
        event.usage.organizationId,
        event.contentHash,
        corrected.occurred_at.toISOString(),
        event.producer,
        event.epoch,
        event.sequence,
        correctsEventId,
      ],
    );
    const booked = await correctCharge(tx, rater, { usage: event.usage, corrected, now, change });
    charges.push(...booked.charges);
    parked.push(...booked.parked);
  }
  return { charges, parked, again };
}
