import type { ChargePosted } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import { freshDatabase } from '@tollgate/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Budget } from '../budget/budget';
import { NOON, sampleDatabase, StandingClock, type SampleDatabase } from '../fixtures/sample-budgets';
import { randomFrom, SampleHolder } from '../fixtures/sample-holder';
import { createSample, sampleProcess, type SampleProcess } from '../fixtures/sample-process';

let db: SampleDatabase;
let processes: SampleProcess[];
let refused = 0;
const clock = new StandingClock(NOON);

beforeAll(async () => {
  db = await sampleDatabase(await freshDatabase(inject('databaseUrl'), 'budget_alert'));
  processes = [sampleProcess(db, clock), sampleProcess(db, clock)];
});
afterAll(() => Promise.all(processes.map((process) => process.close())));

/** Charges as Kafka brings them: in any order, in any batches, to either process, some of them again. */
async function deliver(posted: ChargePosted[], random: () => number, busy: () => boolean): Promise<void> {
  const seen: ChargePosted[] = [];
  while (busy() || posted.length > 0) {
    const batch = posted.splice(0, 1 + Math.floor(random() * 20)).reverse();
    const again = seen.filter(() => random() < 0.05).slice(0, 5);
    seen.push(...batch);
    if (batch.length > 0) await processes[random() < 0.5 ? 0 : 1]!.charges.apply([...batch, ...again]);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

async function watch(budget: Budget, busy: () => boolean): Promise<void> {
  while (busy()) {
    const rows = await db.asOwner(
      `SELECT p.spent, p.held, sum(g.remaining) AS left FROM budget_periods p LEFT JOIN grants g USING (budget_id, period_start)
       WHERE p.budget_id = $1 GROUP BY p.budget_id, p.period_start HAVING p.spent + p.held > p.amount OR p.held <> coalesce(sum(g.remaining), 0)`,
      [budget.id],
    );
    expect(rows).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function live(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const budget = await createSample(db, { hardLimit: true, amount: String(5 + Math.floor(random() * 20)) });
  const posted: ChargePosted[] = [];
  const paid: Decimal[] = [];
  const onCharge = (charge: ChargePosted) => {
    posted.push(charge);
    paid.push(Decimal.parse(charge.amount));
  };
  const holders = [0, 1, 2, 3].map((n) => new SampleHolder(`${seed}-${n}`, budget, processes[n % 2]!, random, onCharge));
  let busy = true;
  const watching = watch(budget, () => busy);
  const delivering = deliver(posted, random, () => busy);
  await Promise.all(
    holders.map(async (holder, n) => {
      for (let round = 0; round < 12; round += 1) {
        await Promise.all(Array.from({ length: 1 + Math.floor(random() * 6) }, () => holder.call()));
        if (n === 3 && round === 6) holder.die();
        if (random() < 0.1) await processes[0]!.expiring.expire();
      }
    }),
  );
  await Promise.all(holders.map((holder) => holder.leave()));
  busy = false;
  await Promise.all([watching, delivering]);
  clock.nowMs += 16 * 60_000;
  await processes[1]!.expiring.expire();
  refused += holders.reduce((sum, holder) => sum + holder.refusals.length, 0);
  const [row] = await db.asOwner<{ spent: string; held: string; amount: string }>(
    'SELECT spent, held, amount FROM budget_periods WHERE budget_id = $1',
    [budget.id],
  );
  // Everybody has left, died and been expired, or been charged: nothing is held, and what was spent is what was paid.
  expect(Decimal.parse(row!.held).toString()).toBe('0');
  expect(Decimal.parse(row!.spent).toString()).toBe(Decimal.sum(paid).toString());
  expect(Decimal.parse(row!.spent).compare(Decimal.parse(row!.amount))).toBeLessThanOrEqual(0);
}

it('never lets spent plus held pass the limit, whatever holders do at once at two processes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => live(seed)),
    { numRuns: 6, endOnFailure: true },
  );
  // The limits were met, or the property has shown nothing.
  expect(refused).toBeGreaterThan(0);
}, 120_000);
