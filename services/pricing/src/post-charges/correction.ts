import type { ChargePosted, UsageRecorded } from '@tollgate/contracts';
import { Decimal, negateQuantities } from '@tollgate/domain';
import { v5 as uuidV5 } from 'uuid';

/** The ids of the two entries that a correction makes: the same however often it is booked. */
export function correctionIds(correctionEventId: string): { readonly reversal: string; readonly truth: string } {
  return { reversal: uuidV5('reversal', correctionEventId), truth: uuidV5('truth', correctionEventId) };
}

const negated = (amount: string) => Decimal.parse(amount).negated().toString();

/** Takes a charge back, line by line, so that both together are nothing. */
export function reversalOf(charge: ChargePosted, correctionEventId: string, now: number): ChargePosted {
  return {
    ...charge,
    chargeId: correctionIds(correctionEventId).reversal,
    ratedAt: new Date(now).toISOString(),
    quantities: negateQuantities(charge.quantities),
    grants: [],
    cost: negated(charge.cost),
    amount: negated(charge.amount),
    direct: negated(charge.direct),
    lines: charge.lines.map((line) => ({
      ...line,
      quantity: negated(line.quantity),
      cost: negated(line.cost),
      amount: negated(line.amount),
    })),
    correctsChargeId: charge.chargeId,
    reason: `Reversed by correction ${correctionEventId}`,
    requests: 0,
  };
}

/** The true charge as an entry that names the one it corrects; it is an entry of the event that was corrected and keeps that event's time. */
export function truthOf(rated: ChargePosted, corrected: ChargePosted, correctionEventId: string): ChargePosted {
  return {
    ...rated,
    chargeId: correctionIds(correctionEventId).truth,
    eventId: corrected.eventId,
    requestId: corrected.requestId,
    attempt: corrected.attempt,
    correctsChargeId: corrected.chargeId,
    reason: `Corrected by ${correctionEventId}`,
    requests: 0,
  };
}

/** The usage of an event still parked, as its correction states it: one event, with the first one's identity and holds. */
export function correctedUsage(parked: UsageRecorded, correction: UsageRecorded): UsageRecorded {
  return {
    ...correction,
    eventId: parked.eventId,
    requestId: parked.requestId,
    attempt: parked.attempt,
    occurredAt: parked.occurredAt,
    receivedAt: parked.receivedAt,
    grants: [...parked.grants, ...correction.grants],
    correctsEventId: '',
  };
}
