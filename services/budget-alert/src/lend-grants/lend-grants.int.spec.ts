import { randomUUID } from 'node:crypto';
import type { AcquireResponse, ChargePosted, UsageParked } from '@tollgate/contracts';
import { freshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Budget } from '../budget/budget';
import { NOON, sampleCharge, sampleDatabase, StandingClock, type SampleDatabase } from '../fixtures/sample-budgets';
import { ParkUsage } from '../park-usage/park-usage';
import { createSample, sampleProcess, type SampleProcess } from '../fixtures/sample-process';

const MINUTE = 60_000;
let db: SampleDatabase;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  db = await sampleDatabase(await freshDatabase(inject('databaseUrl'), 'budget_alert'));
});
afterAll(() => Promise.all(closing.map((close) => close())));

const given = (over: Partial<Budget> = {}) => createSample(db, { hardLimit: true, amount: '10', ...over });

function startProcess(clock = new StandingClock(NOON)): SampleProcess {
  const process = sampleProcess(db, clock);
  closing.push(() => process.close());
  return process;
}

async function periodOf(budget: Budget) {
  const [row] = await db.asOwner<{ spent: string; held: string; left: string }>(
    `SELECT trim_scale(spent)::text AS spent, trim_scale(held)::text AS held,
            (SELECT trim_scale(coalesce(sum(remaining), 0))::text FROM grants g WHERE g.budget_id = p.budget_id AND g.period_start = p.period_start) AS left
     FROM budget_periods p WHERE budget_id = $1 AND period_start = '2026-09-30T22:00:00Z'`,
    [budget.id],
  );
  return row!;
}
const chargeOf = (budget: Budget, amount: string, grant: AcquireResponse | null, held = amount, over = {}) =>
  sampleCharge(budget.organizationId, {
    amount,
    grants: grant ? [{ budgetId: budget.id, grantId: grant.grantId, held }] : [],
    ...over,
  });
const parkedOf = (charge: ChargePosted): UsageParked => ({
  usage: { ...charge, correctsEventId: '' },
  reason: 'no_price',
  detail: 'input_tokens',
  parkedAt: charge.ratedAt,
  period: charge.period,
  timeZone: charge.timeZone,
});
const alertTypes = async (budget: Budget) =>
  (await db.asOwner<{ type: string }>('SELECT type FROM alerts WHERE budget_id = $1 ORDER BY id', [budget.id])).map(({ type }) => type);

describe('lending slices of a hard limit', () => {
  it('adds up: what is granted is held, and a charge turns what its call held into spending', async () => {
    const process = startProcess();
    const budget = await given();
    const grant = await process.acquire(budget, 'a', '1', '2');
    // Free beyond the need: 10 − 1 = 9, an eighth of it 1.125; wanted on top: 1.
    expect(grant).toMatchObject({
      granted: true,
      amount: '2',
      limit: '10',
      spent: '0',
      held: '2',
      resetsAt: '2026-10-31T23:00:00.000Z',
      retry: false,
    });
    const more = await process.acquire(budget, 'a', '0.5', '0.5', grant.grantId);
    expect(more.grantId).toBe(grant.grantId);
    // The call held 1, cost 0.4, and its holder has taken 0.6 back into its pool.
    await process.charges.apply([chargeOf(budget, '0.4', grant)]);
    expect(await periodOf(budget)).toEqual({ spent: '0.4', held: '2.1', left: '2.1' });
    await process.renew(grant.grantId, '2.1', true);
    expect(await periodOf(budget)).toEqual({ spent: '0.4', held: '0', left: '0' });
  });

  it('lends to a call that costs nothing while the limit is not passed', async () => {
    const process = startProcess();
    const budget = await given();
    expect(await process.acquire(budget, 'a', '0', '0')).toMatchObject({ granted: true, amount: '0' });
    await process.charges.apply([chargeOf(budget, '10', null)]);
    expect(await process.acquire(budget, 'a', '0', '5')).toMatchObject({ granted: true, amount: '0' });
    await process.charges.apply([chargeOf(budget, '0.01', null)]);
    expect(await process.acquire(budget, 'a', '0', '0')).toMatchObject({ granted: false });
  });

  it('refuses what does not fit, says why, and tells of it once a period', async () => {
    const process = startProcess();
    const budget = await given();
    await process.charges.apply([chargeOf(budget, '9.5', null)]);
    const answers = await Promise.all([1, 2, 3].map((n) => process.acquire(budget, `h${n}`, '0.6')));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        granted: false,
        retry: false,
        limit: '10',
        spent: '9.5',
        held: '0',
        name: 'October',
        notLimited: false,
      });
    }
    expect(await alertTypes(budget)).toEqual(['budget.threshold.reached', 'budget.threshold.reached', 'budget.limit.reached']);
  });

  it('limits nothing for a budget that is soft, archived, unknown or of another organisation', async () => {
    const process = startProcess();
    const soft = await given({ hardLimit: false });
    const hard = await given();
    expect(await process.acquire(soft, 'a', '1000')).toMatchObject({ granted: false, notLimited: true });
    expect(await process.acquire({ ...hard, organizationId: randomUUID() }, 'a', '1000')).toMatchObject({ notLimited: true });
    expect(await process.acquire({ ...hard, id: randomUUID() }, 'a', '1000')).toMatchObject({ notLimited: true });
  });

  it('calls idle parts back from other holders, at another process too, before it refuses anyone', async () => {
    const one = startProcess();
    const two = startProcess();
    const budget = await given();
    const idle = await one.acquire(budget, 'a', '5', '5');
    const rest = await one.acquire(budget, 'b', '4.5', '4.5');
    let recalls = 0;
    one.hub.watch('a', {
      write: ({ budgetId }) => {
        expect(budgetId).toBe(budget.id);
        recalls += 1;
        void one.renew(idle.grantId, '3');
      },
    });
    one.hub.watch('b', { write: () => void one.renew(rest.grantId, '0') });
    expect(await two.acquire(budget, 'c', '2')).toMatchObject({ granted: true, amount: '2' });
    expect(recalls).toBe(1);
    expect(await periodOf(budget)).toMatchObject({ held: '8.5' }); // 5 − 3 + 4.5 + 2
    // 1.5 is free now; "a" has 2 left but gives nothing more: refused for good once everybody has answered.
    const started = Date.now();
    expect(await two.acquire(budget, 'c', '3')).toMatchObject({ granted: false, retry: false });
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('does not wait for holders that have nothing, and asks to try again when a living one is silent', async () => {
    const process = startProcess();
    const budget = await given();
    await process.acquire(budget, 'silent', '9', '9');
    const answer = await process.acquire(budget, 'b', '2');
    expect(answer).toMatchObject({ granted: false, retry: true });
    process.clock.nowMs += MINUTE;
    expect(await process.acquire(budget, 'b', '2')).toMatchObject({ granted: false, retry: false });
    expect(await process.acquire(budget, 'b', '11')).toMatchObject({ granted: false, retry: false });
  });

  it('grants nothing more, and ends what is out, once usage from elsewhere has passed the limit', async () => {
    const process = startProcess();
    const budget = await given();
    const grant = await process.acquire(budget, 'a', '1', '1');
    expect(await process.renew(grant.grantId)).toEqual([]);
    await process.charges.apply([chargeOf(budget, '10', null)]);
    expect(await process.renew(grant.grantId)).toEqual([grant.grantId]);
    expect(await process.acquire(budget, 'a', '0.01', '0.01', grant.grantId)).toMatchObject({ granted: false, spent: '10', held: '1' });
  });

  it('frees a dead holder’s grant 15 minutes after its last renewal, reports it, and never frees it twice', async () => {
    const process = startProcess(new StandingClock(NOON));
    const budget = await given();
    const grant = await process.acquire(budget, 'dead', '4', '4');
    process.clock.nowMs += 10 * MINUTE;
    await process.renew(grant.grantId);
    process.clock.nowMs += 15 * MINUTE;
    await process.expiring.expire();
    expect(await periodOf(budget)).toMatchObject({ held: '4' });
    process.clock.nowMs += 1;
    await Promise.all([process.expiring.expire(), startProcess(process.clock).expiring.expire()]);
    expect(await periodOf(budget)).toMatchObject({ held: '0' });
    expect(await alertTypes(budget)).toEqual(['budget.grant.expired']);
    expect(await process.renew(grant.grantId, '1')).toEqual([grant.grantId]);
    // Its spool is replayed after all: the charge counts, and there is nothing left to release.
    await process.charges.apply([chargeOf(budget, '3', grant)]);
    expect(await periodOf(budget)).toEqual({ spent: '3', held: '0', left: '0' });
  });

  it('keeps what parked usage holds when its grant expires, until it is charged', async () => {
    const process = startProcess();
    const budget = await given();
    const grant = await process.acquire(budget, 'dead', '4', '4');
    const charge = chargeOf(budget, '1.25', grant, '1.5');
    const parked = parkedOf(charge);
    const parking = new ParkUsage(process.database, process.clock);
    await parking.note([parked, parked]);
    process.clock.nowMs += 16 * MINUTE;
    await process.expiring.expire();
    expect(await periodOf(budget)).toEqual({ spent: '0', held: '1.5', left: '1.5' });
    await process.charges.apply([charge]);
    // Came late, on its own topic: there is nothing left to keep.
    await parking.note([parked]);
    expect(await periodOf(budget)).toEqual({ spent: '1.25', held: '0', left: '0' });
    expect(await db.asOwner('SELECT FROM parked_holds WHERE event_id = $1', [charge.eventId])).toEqual([]);
  });

  it('lends of the period in which it is asked, and ends the grants of the one before', async () => {
    const process = startProcess();
    const budget = await given({ period: 'day' });
    const old = await process.acquire(budget, 'a', '10');
    process.clock.nowMs += 24 * 60 * MINUTE;
    const fresh = await process.acquire(budget, 'a', '10', '10', old.grantId);
    expect(fresh).toMatchObject({ granted: true, amount: '10', held: '10', periodStart: '2026-10-15T22:00:00.000Z' });
    expect(fresh.grantId).not.toBe(old.grantId);
    expect(await process.renew(old.grantId)).toEqual([old.grantId]);
    expect(await process.renew(fresh.grantId)).toEqual([]);
  });

  it('releases a hold once, though its estimate is corrected later', async () => {
    const process = startProcess();
    const budget = await given();
    const grant = await process.acquire(budget, 'a', '3', '3');
    await process.charges.apply([chargeOf(budget, '0.5', grant, '2')]);
    await process.charges.apply([chargeOf(budget, '0.25', grant, '2', { correctsChargeId: randomUUID() })]);
    expect(await periodOf(budget)).toEqual({ spent: '0.75', held: '1', left: '1' });
  });

  it('keeps what ended calls hold when a holder leaves, until they are charged', async () => {
    const process = startProcess();
    const budget = await given();
    const grant = await process.acquire(budget, 'a', '3', '3');
    await process.renew(grant.grantId, '1', true);
    process.clock.nowMs += 60 * MINUTE;
    await process.expiring.expire();
    expect(await periodOf(budget)).toEqual({ spent: '0', held: '2', left: '2' });
    await process.charges.apply([chargeOf(budget, '2', grant)]);
    expect(await periodOf(budget)).toEqual({ spent: '2', held: '0', left: '0' });
    expect((await db.asOwner<{ state: string }>('SELECT state FROM grants WHERE id = $1', [grant.grantId]))[0]?.state).toBe('ended');
  });
});
