import type { ChargePosted, UsageParked } from '@tollgate/contracts';
import type { Sql } from '@tollgate/platform/database';
import { parkUsage } from '../db/parked-rows';
import { postEntries } from '../db/post-entries';
import { recordProgress } from '../track-producers/record-progress';
import { bookCorrections } from './book-corrections';
import { claimEvents } from './claim-events';
import type { EventRater, Statement } from './event-rater';
import { recallStatements } from './recall-statements';
import { recordRepeats } from './record-repeats';
import type { UsageBatch, UsageEvent } from './usage-event';

/** What is to be published for every row of a batch, new or not. */
export interface Booked {
  readonly charges: readonly ChargePosted[];
  readonly parked: readonly UsageParked[];
}

/** A batch with what was made of its first statements before the transaction began. */
export interface RatedBatch {
  readonly batch: UsageBatch;
  readonly statements: ReadonlyMap<UsageEvent, Statement>;
  /** The catalogue's change that they were rated with. */
  readonly change: bigint;
  readonly now: number;
}

/**
 * Books a batch in the transaction it is given: notes its events, and only of those that are new adds charges to the ledger or parks them; notes repeats,
 * conflicts, corrections, and which numbers of the producers' streams have arrived.
 */
export async function bookUsage(tx: Sql, rater: EventRater, { batch, statements, change, now }: RatedBatch): Promise<Booked> {
  const corrections = batch.events.filter(({ usage }) => usage.correctsEventId !== '');
  const firsts = corrections.length === 0 ? batch.events : batch.events.filter(({ usage }) => usage.correctsEventId === '');
  const charges: ChargePosted[] = [];
  const parked: UsageParked[] = [];

  const { fresh, again } = firsts.length === 0 ? { fresh: [], again: [] } : await claimEvents(tx, firsts);
  for (const event of fresh) {
    const statement = statements.get(event)!;
    if ('charge' in statement) charges.push(statement.charge);
    else parked.push(statement.parked);
  }
  await postEntries(tx, charges);
  await parkUsage(tx, parked, change);

  const corrected = await bookCorrections(tx, rater, { corrections, now, change });
  charges.push(...corrected.charges);
  parked.push(...corrected.parked);

  const repeats = [...again, ...corrected.again];
  if (repeats.length > 0) {
    await recordRepeats(tx, repeats, now);
    const recalled = await recallStatements(
      tx,
      repeats.map(({ first }) => first),
    );
    charges.push(...recalled.charges);
    parked.push(...recalled.parked);
  }
  await recordProgress(tx, batch, now);
  return { charges, parked };
}
