import { randomUUID } from 'node:crypto';
import { freshDatabase } from '@tollgate/testing';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { NOON, sampleCharge, sampleDatabase, StandingClock, type SampleDatabase } from '../fixtures/sample-budgets';
import { createSample, sampleProcess } from '../fixtures/sample-process';
import type { Budget } from '../budget/budget';
import { ApplyCharges } from './apply-charges';

let db: SampleDatabase;
const clock = new StandingClock(NOON);

beforeAll(async () => {
  db = await sampleDatabase(await freshDatabase(inject('databaseUrl'), 'budget_alert'));
});

const given = (over: Partial<Budget> = {}) => createSample(db, over);
const process1 = () => new ApplyCharges(db.consumers(), clock);
const spentOf = (budget: Budget) =>
  db.asOwner<{ period_start: Date; spent: string }>(
    'SELECT period_start, trim_scale(spent)::text AS spent FROM budget_periods WHERE budget_id = $1 ORDER BY 1',
    [budget.id],
  );
const alertsOf = async (budget: Budget) =>
  (
    await db.asOwner<{ threshold: string; spent: string }>(
      'SELECT threshold, trim_scale(spent)::text AS spent FROM alerts WHERE budget_id = $1 ORDER BY id',
      [budget.id],
    )
  ).map(({ threshold, spent }) => `${threshold}% at ${spent}`);

describe('charges count towards budgets', () => {
  it('each once, however often they come, from any number of processes', async () => {
    const budget = await given();
    const charges = Array.from({ length: 60 }, () => sampleCharge(budget.organizationId));
    const one = process1();
    const two = process1();
    await Promise.all([
      one.apply(charges),
      two.apply([...charges].reverse()),
      one.apply(charges.slice(20, 40)),
      two.apply(charges.slice(0, 30)),
    ]);
    await one.apply(charges);
    // 60 charges of 1 EUR; October in Berlin begins at 22:00 UTC the day before.
    expect(await spentOf(budget)).toEqual([{ period_start: new Date('2026-09-30T22:00:00Z'), spent: '60' }]);
    expect(await alertsOf(budget)).toEqual(['50% at 60']);
  });

  it('tells of every threshold that one batch crosses', async () => {
    const budget = await given();
    await process1().apply([sampleCharge(budget.organizationId, { amount: '120.000000000000001' })]);
    expect(await alertsOf(budget)).toEqual(['50% at 120.000000000000001', '80% at 120.000000000000001', '100% at 120.000000000000001']);
  });

  it('with amount and direct, in the period of their own time', async () => {
    const budget = await given({ scope: { project: 'search' }, createdAt: NOON });
    const { organizationId } = budget;
    await process1().apply([
      sampleCharge(organizationId, { amount: '2.5', direct: '0.25' }),
      sampleCharge(organizationId, { amount: '7', occurredAt: '2026-09-30T21:59:59.999Z', period: '2026-09' }),
      sampleCharge(organizationId, { amount: '9', tags: { project: 'other' } }),
      sampleCharge(randomUUID(), { amount: '11' }),
    ]);
    expect(await spentOf(budget)).toEqual([
      { period_start: new Date('2026-08-31T22:00:00Z'), spent: '7' },
      { period_start: new Date('2026-09-30T22:00:00Z'), spent: '2.75' },
    ]);
  });

  it('also when they fall below a threshold and cross it again, which is told once', async () => {
    const budget = await given({ thresholds: ['50'] });
    const { organizationId } = budget;
    const consumer = process1();
    await consumer.apply([sampleCharge(organizationId, { amount: '50' })]);
    await consumer.apply([sampleCharge(organizationId, { amount: '-10', correctsChargeId: randomUUID() })]);
    await consumer.apply([sampleCharge(organizationId, { amount: '20' })]);
    expect(await alertsOf(budget)).toEqual(['50% at 50']);
  });

  it('from processes that meet in many organisations at once, without a deadlock', async () => {
    const budgets = await Promise.all(
      Array.from({ length: 12 }, (_, n) => given({ hardLimit: n % 2 === 0, amount: '100000', period: n % 3 === 0 ? 'day' : 'month' })),
    );
    const processes = Array.from({ length: 3 }, () => sampleProcess(db, clock));
    await Promise.all(
      processes.map(async (process, index) => {
        for (let round = 0; round < 20; round += 1) {
          const turned = [...budgets.slice(round % 12), ...budgets.slice(0, round % 12)];
          if (index % 2 === 1) turned.reverse();
          const charges = turned.flatMap(({ organizationId }) => [
            sampleCharge(organizationId),
            sampleCharge(organizationId, { occurredAt: new Date(NOON - round * 86_400_000).toISOString() }),
          ]);
          await Promise.all([process.charges.apply(charges), ...turned.map((budget) => process.acquire(budget, `h${index}`, '0.01'))]);
        }
      }),
    );
    const sums = await db.asOwner<{ spent: string }>(
      'SELECT sum(spent)::text AS spent FROM budget_periods WHERE budget_id = ANY($1::uuid[]) GROUP BY budget_id',
      [budgets.map(({ id }) => id)],
    );
    // 3 processes × 20 rounds × 2 charges of 1 EUR.
    expect(sums.map(({ spent }) => spent)).toEqual(Array(12).fill('120'));
    await Promise.all(processes.map((process) => process.close()));
  });

  it('and a budget that is created meanwhile counts its whole period, nothing missed and nothing twice', async () => {
    const organizationId = randomUUID();
    const consumers = Array.from({ length: 4 }, process1);
    const batches = Array.from({ length: 60 }, () => Array.from({ length: 5 }, () => sampleCharge(organizationId)));
    const budgets: Budget[] = [];
    const creating = (async () => {
      for (let count = 0; count < 10; count += 1) {
        await new Promise((resolve) => setTimeout(resolve, 15));
        budgets.push(await given({ organizationId, amount: '100000' }));
      }
    })();
    await Promise.all(
      consumers.map(async (consumer, index) => {
        for (let at = index; at < batches.length; at += consumers.length) {
          await consumer.apply(batches[at]!);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }),
    );
    await creating;
    // 60 batches of 5 charges of 1 EUR.
    for (const budget of budgets) expect((await spentOf(budget)).map(({ spent }) => spent)).toEqual(['300']);
  });
});
