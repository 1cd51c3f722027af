import fc from 'fast-check';
import { Decimal } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { NOON, sampleBudget, sampleCharge } from '../fixtures/sample-budgets';
import { foldCharges } from './fold-charges';
import { readCharge } from './read-charge';

const organizationId = '0b8e7a6c-52f5-4c3a-9d4e-6f1a2b3c4d5e';
const grantId = '0b8e7a6c-52f5-4c3a-9d4e-6f1a2b3c4d60';
const charge = (over: Parameters<typeof sampleCharge>[1] = {}) => sampleCharge(organizationId, over);

describe('folding charges', () => {
  it('adds to each matching budget once per period, with amount and direct', () => {
    const all = sampleBudget({ organizationId });
    const search = sampleBudget({ organizationId, scope: { project: 'search' }, period: 'day' });
    const foreign = sampleBudget();
    const charges = [
      charge({ amount: '1.5', direct: '0.5' }),
      charge({ amount: '3', tags: {} }),
      charge({ amount: '4', occurredAt: new Date(NOON + 86_400_000).toISOString() }),
    ].map(readCharge);
    const spending = foldCharges(charges, [all, search, foreign]).spending.map(({ budget, span, spent }) => [
      budget,
      span.firstDay,
      spent.toString(),
    ]);
    expect(spending).toHaveLength(3);
    expect(spending).toContainEqual([all, '2026-10-01', '9']); // 1.5 + 0.5 + 3 + 4
    expect(spending).toContainEqual([search, '2026-10-15', '2']); // 1.5 + 0.5
    expect(spending).toContainEqual([search, '2026-10-16', '4']);
  });

  it('lets go of what a call held, whatever it cost, and of nothing for a correction', () => {
    const grants = [{ budgetId: organizationId, grantId, held: '0.75' }];
    const charges = [
      charge({ amount: '0.5', grants }),
      charge({ amount: '0', grants }),
      charge({ grants, correctsChargeId: organizationId }),
    ].map(readCharge);
    expect([...foldCharges(charges, []).releases].map(([id, held]) => [id, held.toString()])).toEqual([[grantId, '1.5']]);
  });

  it('makes the same meters of any grouping into batches', () => {
    const made = fc.record({
      amount: fc.integer({ min: -1000, max: 100_000 }).map((n) => Decimal.from(BigInt(n), 5).toString()),
      project: fc.constantFrom('a', 'b'),
      hour: fc.integer({ min: 0, max: 72 }),
    });
    const totals = (groups: Parameters<typeof sampleCharge>[1][][]) => {
      const sums = new Map<string, Decimal>();
      for (const group of groups) {
        for (const { day, facts, amount } of foldCharges(
          group.map((over) => readCharge(charge(over))),
          [],
        ).meters) {
          const key = `${day} ${facts.project}`;
          sums.set(key, (sums.get(key) ?? Decimal.ZERO).plus(amount));
        }
      }
      return [...sums].map(([key, sum]) => `${key} ${sum.toString()}`).sort();
    };
    fc.assert(
      fc.property(fc.array(made, { maxLength: 30 }), fc.integer({ min: 0, max: 30 }), (rows, cut) => {
        const charges = rows.map(({ amount, project, hour }) => ({
          amount,
          tags: { project },
          occurredAt: new Date(NOON + hour * 3_600_000).toISOString(),
        }));
        expect(totals([charges.slice(cut), charges.slice(0, cut)])).toEqual(totals([charges]));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['an amount that is no decimal', { amount: '1e3' }],
    ['a time that is none', { occurredAt: 'yesterday' }],
    ['an id that is none', { chargeId: 'x' }],
    ['a time zone that is none', { timeZone: 'Mars/Base' }],
  ])('refuses %s as poison', (_, over) => {
    expect(() => readCharge(charge(over))).toThrow(expect.objectContaining({ name: 'PoisonRecordError' }));
  });
});
