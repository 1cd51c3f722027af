import type { ChargePosted, UsageParked } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import { readParked } from '../db/parked-rows';
import { chargeOfRow, type ChargeRow } from '../db/read-charges';
import type { KnownEvent } from './claim-events';
import { correctionIds } from './correction';

/** What the books say about events that came again: published once more, in case the first time a crash came between commit and publishing. */
export async function recallStatements(
  tx: Sql,
  known: readonly KnownEvent[],
): Promise<{ readonly charges: readonly ChargePosted[]; readonly parked: readonly UsageParked[] }> {
  const distinct = [...new Map(known.map((event) => [event.event_id, event])).values()];
  const wanted = distinct.flatMap(entriesOf);
  const { rows } = await tx.query<ChargeRow>(
    `SELECT c.* FROM unnest($1::uuid[], $2::timestamptz[]) AS k (charge_id, occurred_at)
     JOIN charges c ON c.charge_id = k.charge_id AND c.occurred_at = k.occurred_at ORDER BY c.entry`,
    [wanted.map(({ chargeId }) => chargeId), wanted.map(({ occurredAt }) => occurredAt.toISOString())],
  );
  const charged = new Set(rows.map(({ charge_id }) => charge_id));
  const waiting = wanted.filter(({ chargeId, eventId }) => !charged.has(chargeId) && chargeId === eventId).map(({ eventId }) => eventId);
  const corrected = new Set(
    distinct.filter((event) => charged.has(correctionIds(event.event_id).truth)).map((event) => event.corrects_event_id),
  );
  const asked = new Set(distinct.map((event) => event.event_id));
  // A correction that has entries of its own says nothing about the first charge of the event that it corrects.
  const said = rows.filter(({ charge_id }) => asked.has(charge_id) || !corrected.has(charge_id));
  return { charges: said.map(chargeOfRow), parked: await readParked(tx, waiting) };
}

/** The entries that an event may have led to. A correction that met a parked event became that event's own charge. */
function entriesOf(event: KnownEvent): { eventId: string; chargeId: string; occurredAt: Date }[] {
  const entry = (eventId: string, chargeId: string) => ({ eventId, chargeId, occurredAt: event.occurred_at });
  const own = entry(event.event_id, event.event_id);
  if (event.corrects_event_id === null) return [own];
  const { reversal, truth } = correctionIds(event.event_id);
  return [own, entry(event.event_id, reversal), entry(event.event_id, truth), entry(event.corrects_event_id, event.corrects_event_id)];
}
