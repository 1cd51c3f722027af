import type { Budget } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GrantBalance } from '../spool/segment-head';
import { Bank, d } from './bank-fixture';
import { BudgetPool, type Taken } from './budget-pool';

const BUDGET = { id: 'b', organizationId: 'o', name: 'all', currency: 'EUR' } as Budget;

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
        const bank = new Bank(d('10'));
        const changes: GrantBalance[] = [];
        const noteChange = (change: GrantBalance) => (changes.push(change), true);
        const pool = new BudgetPool(BUDGET, { holder: 'h', acquire: bank.acquire, now: () => 1, wallNow: () => 1, noteChange });
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
