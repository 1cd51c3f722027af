import type { AcquireRequest, AcquireResponse, Budget } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Problem } from '@tollgate/platform/http';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GrantBalance } from '../spool/segment-head';
import { BudgetPool, type Taken } from './budget-pool';

const BUDGET = { id: 'b', organizationId: 'o', name: 'all', currency: 'EUR' } as Budget;
const d = (text: string) => Decimal.parse(text);

/** A budget's own side of the bargain: it grants what fits, and knows what is out. */
class Bank {
  asks: AcquireRequest[] = [];
  held = Decimal.ZERO;
  spent = Decimal.ZERO;
  resetsAt = '';
  down = false;
  grants = 0;
  extra = true;
  constructor(readonly limit: Decimal) {}
  readonly acquire = async (ask: AcquireRequest): Promise<AcquireResponse> => {
    this.asks.push(ask);
    await Promise.resolve();
    if (this.down) throw new Error('down');
    const free = this.limit.minus(this.spent).minus(this.held);
    const needed = d(ask.needed);
    const fits = free.compare(needed) >= 0;
    const wanted = d(ask.wanted);
    const amount = !this.extra || wanted.compare(free) > 0 ? needed : wanted;
    if (fits) this.held = this.held.plus(amount);
    if (fits && ask.grantId === '') this.grants += 1;
    return {
      granted: fits,
      grantId: fits ? ask.grantId || `g${this.grants}` : '',
      amount: fits ? amount.toString() : '0',
      limit: this.limit.toString(),
      spent: this.spent.toString(),
      held: this.held.toString(),
      resetsAt: this.resetsAt,
      periodStart: '',
      notLimited: false,
      retry: false,
      name: 'all',
    };
  };
}

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

describe('whatever calls do', () => {
  it('what is held, kept and given back is never more than what was granted', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), amount: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('end' as const), percent: fc.integer({ min: 0, max: 150 }) }),
      fc.record({ kind: fc.constant('renew' as const) }),
      fc.record({ kind: fc.constant('recall' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        open('10');
        const running: Taken[] = [];
        let kept = Decimal.ZERO;
        let returned = Decimal.ZERO;
        const giveBack = (returns: { amount: string }[]) => {
          for (const { amount } of returns) returned = returned.plus(d(amount));
        };
        for (const one of steps) {
          if (one.kind === 'take') {
            const amount = Decimal.from(BigInt(one.amount), 2);
            // Only what is at hand, or what the bank has: waiting is another test's matter.
            if (bank.limit.minus(bank.held).compare(amount) < 0 && !(pool.balance() && d(pool.balance()!.amount).compare(amount) >= 0))
              continue;
            const result = pool.take(amount);
            if (result instanceof Promise) {
              const settled = await Promise.race([
                result.catch(() => null),
                new Promise<null>((resolve) => setTimeout(() => resolve(null), 5)),
              ]);
              if (settled) running.push(settled);
              else pool.close();
            } else running.push(result);
          } else if (one.kind === 'end') {
            const taken = running.shift();
            if (taken) kept = kept.plus(pool.settle(taken, taken.amount.times(Decimal.from(BigInt(one.percent), 2))));
          } else giveBack(one.kind === 'renew' ? pool.renewal() : pool.giveBackAll(false));
          const left = pool.balance() ? d(pool.balance()!.amount) : Decimal.ZERO;
          const granted = changes
            .filter(({ amount }) => !amount.startsWith('-'))
            .reduce((sum, { amount }) => sum.plus(d(amount)), Decimal.ZERO);
          expect(left.plus(kept).plus(returned).toString()).toBe(granted.toString());
        }
      }),
      { numRuns: 60 },
    );
  });
});
