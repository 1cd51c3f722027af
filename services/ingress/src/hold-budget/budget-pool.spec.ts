import type { AcquireRequest, Budget } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Problem } from '@tollgate/platform/http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GrantBalance } from '../spool/segment-head';
import { Bank, d } from './bank-fixture';
import { BudgetPool, type Taken } from './budget-pool';

const BUDGET = { id: 'b', organizationId: 'o', name: 'all', currency: 'EUR' } as Budget;

let bank: Bank;
let now: number;
let changes: GrantBalance[];
let pool: BudgetPool;

beforeEach(() => open('10'));
afterEach(() => vi.useRealTimers());

function open(limit: string): void {
  now = 1_000_000;
  bank = new Bank(d(limit));
  changes = [];
  pool = new BudgetPool(BUDGET, {
    holder: 'h',
    acquire: bank.acquire,
    now: () => now,
    wallNow: () => now,
    noteChange: (change) => (changes.push(change), true),
  });
}

async function take(amount: string): Promise<Taken> {
  return (await pool.take(d(amount)))!;
}

const problemOf = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => Promise.reject(new Error('was let pass')),
    (problem: Problem) => problem,
  );

describe('a pool of a hard limit', () => {
  it('asks once for many calls, and for more than they need', async () => {
    await Promise.all(['0.1', '0.1', '0.1'].map(take));
    expect(bank.asks).toHaveLength(1);
    // Three calls of 0.1, and eight more of the first one's size.
    expect(bank.asks[0]).toMatchObject({ needed: '0.1', wanted: '1.1', grantId: '', holder: 'h', budgetId: 'b', organizationId: 'o' });
    expect(pool.take(d('0.8'))).not.toBeInstanceOf(Promise);
  });

  it('shrinks a hold to the cost when its call ends, and lends the rest again', async () => {
    bank.extra = false;
    const taken = await take('4');
    expect(pool.settle(taken, d('0.5')).toString()).toBe('0.5');
    expect(pool.take(d('3.5'))).not.toBeInstanceOf(Promise);
    expect(pool.balance()).toEqual({ grantId: 'g1', budgetId: 'b', amount: '3.5' });
  });

  it('keeps the whole hold of a call whose cost is not known', async () => {
    const taken = await take('1');
    expect(pool.settle(taken, null).toString()).toBe('1');
  });

  it('lets a call that cost more than its bound keep more, as far as there is more', async () => {
    bank.extra = false;
    const [one, two] = [await take('1'), await take('1')];
    pool.settle(two!, Decimal.ZERO);
    expect(pool.settle(one!, d('5')).toString()).toBe('2');
  });

  it('tops up its grant by what is missing', async () => {
    bank.extra = false;
    const taken = await take('2');
    pool.settle(taken, d('0.5'));
    await take('2');
    expect(bank.asks[1]).toMatchObject({ grantId: 'g1', needed: '0.5' });
  });

  it('refuses beyond the limit with what is spent and held', async () => {
    bank.spent = d('9.5');
    bank.resetsAt = '2026-11-01T00:00:00.000Z';
    now = Date.parse('2026-10-10T00:00:00Z');
    const problem = await problemOf(take('1'));
    expect(problem).toMatchObject({
      status: 402,
      code: 'budget_exceeded',
      extra: { budgetId: 'b', limit: '10', spent: '9.5', held: '0', resetsAt: '2026-11-01T00:00:00.000Z', reason: 'limit_reached' },
    });
  });

  it('refuses all that wait for as much or more with one question, and serves those that need less', async () => {
    bank.spent = d('9.5');
    const results = await Promise.allSettled(['1', '2', '0.5', '1'].map(take));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected']);
    expect(bank.asks.length).toBeLessThanOrEqual(2);
  });

  it('waits a moment for calls under way that hold what it needs, instead of refusing', async () => {
    bank.extra = false;
    const taken = await take('9');
    const waiting = take('5');
    await new Promise((resolve) => setTimeout(resolve, 20));
    pool.settle(taken, d('0.1'));
    expect((await waiting).amount.toString()).toBe('5');
  });

  it('refuses in the end when they do not end, and says that it is worth another try', async () => {
    bank.extra = false;
    await take('9');
    setTimeout(() => (now += 1_000), 30);
    expect(await problemOf(take('5'))).toMatchObject({
      status: 402,
      retryAfterSeconds: 1,
      extra: { reason: 'in_flight_budget_exhausted' },
    });
  });

  it('fails closed, and says 503, when nobody answers', async () => {
    await take('1');
    bank.down = true;
    expect(await problemOf(take('9'))).toMatchObject({ status: 503, code: 'budget_unavailable' });
    // What is in hand can still be used.
    expect(pool.take(d('1'))).not.toBeInstanceOf(Promise);
  });

  it('lets calls pass without a grant once the budget limits nothing any more', async () => {
    const unlimited = new BudgetPool(BUDGET, {
      holder: 'h',
      acquire: async () => ({ ...(await bank.acquire({ needed: '0', wanted: '0' } as AcquireRequest)), granted: false, notLimited: true }),
      now: () => now,
      wallNow: () => now,
      noteChange: () => true,
    });
    expect(await unlimited.take(d('1'))).toBeNull();
  });

  it('opens no call on a grant that was not renewed for a minute', async () => {
    await take('1');
    now += 59_999;
    expect(pool.take(d('1'))).not.toBeInstanceOf(Promise);
    now += 1;
    await take('1');
    expect(bank.asks.at(-1)).toMatchObject({ grantId: '' });
  });

  it('goes on while it is renewed', async () => {
    await take('1');
    now += 50_000;
    pool.renewed(now, new Set(['g1']), new Set());
    now += 50_000;
    expect(pool.take(d('1'))).not.toBeInstanceOf(Promise);
    pool.renewed(now, new Set(['g1']), new Set(['g1']));
    expect(pool.take(d('1'))).toBeInstanceOf(Promise);
  });

  it('takes a new grant in a new period, and gives the old one back', async () => {
    bank.resetsAt = new Date(now + 1_000).toISOString();
    const taken = await take('1');
    now += 1_000;
    bank.resetsAt = new Date(now + 1_000).toISOString();
    await take('1');
    expect(bank.asks[1]).toMatchObject({ grantId: '' });
    pool.settle(taken, d('0.25'));
    // Of the 9 of the first grant 8 were idle, and 0.75 came back from its call.
    expect(pool.renewal()).toContainEqual({ grantId: 'g1', amount: '8.75', final: true });
  });

  it('gives a call all that it wishes for while there is plenty, and less near the limit', async () => {
    const rich = (await pool.take(d('0.1'), d('1')))!;
    expect(rich.amount.toString()).toBe('1');
    open('2');
    // The bank has not the 3, nor the eight calls ahead: it grants the 0.1 that the call cannot do without, and of that the call gets all.
    expect((await pool.take(d('0.1'), d('3')))!.amount.toString()).toBe('0.1');
    open('10');
    bank.extra = false;
    pool.settle((await pool.take(d('4'), d('9')))!, Decimal.ZERO);
    // The limit is known to be near: a quarter of the 4 that are here, without asking.
    expect(pool.take(d('0.5'), d('9'))).toMatchObject({ amount: d('1.00') });
    now += 1_000;
    expect(pool.take(d('0.5'), d('9'))).toBeInstanceOf(Promise);
  });

  it('takes back what a call turns out not to need', async () => {
    bank.extra = false;
    const taken = await take('2');
    expect(pool.shrink(taken, d('0.5')).amount.toString()).toBe('0.5');
    expect(pool.take(d('1.5'))).not.toBeInstanceOf(Promise);
  });

  it('gives back what it did not need between the last renewals, and no more', async () => {
    const taken = await take('1');
    expect(pool.renewal()).toEqual([{ grantId: 'g1', amount: '0', final: false }]);
    now += 5_000;
    pool.settle(taken, Decimal.ZERO);
    expect(pool.renewal()).toEqual([{ grantId: 'g1', amount: '0', final: false }]);
    now += 5_000;
    // Eight of the nine were idle in both spans; the ninth was not in the first.
    expect(pool.renewal()).toEqual([{ grantId: 'g1', amount: '8', final: false }]);
    expect(changes).toEqual([
      { grantId: 'g1', budgetId: 'b', amount: '9' },
      { grantId: 'g1', budgetId: 'b', amount: '-8' },
    ]);
  });

  it('gives back everything idle at once when it is called back', async () => {
    await take('1');
    expect(pool.giveBackAll(false)).toEqual([{ grantId: 'g1', amount: '8', final: false }]);
    expect(pool.balance()).toMatchObject({ amount: '1' });
  });

  it('gives nothing back that it could not note, since replay would give it back again', async () => {
    const forgetful = new BudgetPool(BUDGET, {
      holder: 'h',
      acquire: bank.acquire,
      now: () => now,
      wallNow: () => now,
      noteChange: () => false,
    });
    await forgetful.take(d('1'));
    expect(forgetful.giveBackAll(true)).toEqual([{ grantId: 'g1', amount: '0', final: true }]);
  });
});
