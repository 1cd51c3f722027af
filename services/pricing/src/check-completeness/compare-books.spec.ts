import { describe, expect, it } from 'vitest';
import { compareBooks, type AllBooks } from './compare-books';

const books = { charges: '3', requests: '2', amount: '11', cost: '10', direct: '0.5', detail: [] };
const agreeing: AllBooks = {
  ledger: books,
  aggregation: { ...books, amount: '11.00' },
  // 11 + 0.5 = 11.5
  budgets: { ...books, budgets: [{ id: 'b1', name: 'all', spent: '11.5' }] },
  // 7.25 + 3.75 = 11
  invoicing: { ...books, invoiced: '7.25', unbilled: '3.75' },
};

describe('the books', () => {
  it('agree when all counts and sums are equal by value', () => {
    expect(compareBooks(agreeing)).toEqual([]);
  });

  it.each<[string, Partial<AllBooks>, object]>([
    [
      'a digit in the rollups',
      { aggregation: { ...books, cost: '10.000000000000001' } },
      { service: 'aggregation', what: 'cost', expected: '10', found: '10.000000000000001' },
    ],
    [
      'a charge too many in the budgets',
      { budgets: { ...books, charges: '4' } },
      { service: 'budget-alert', what: 'charges', expected: '3', found: '4' },
    ],
    [
      'a budget that has not spent what was charged',
      { budgets: { ...books, budgets: [{ id: 'b1', name: 'all', spent: '11' }] } },
      { service: 'budget-alert', what: 'spend of budget b1 (all)', expected: '11.5', found: '11' },
    ],
    [
      'something neither invoiced nor unbilled',
      { invoicing: { ...books, invoiced: '7.25', unbilled: '3.74' } },
      { service: 'invoicing', what: 'invoiced and unbilled', expected: '11', found: '10.99' },
    ],
    [
      'a contradiction within a service’s own tables',
      { aggregation: { ...books, detail: [{ what: 'rollup_hour and rollup_day', hour: '1', day: '2' } as never] } },
      { service: 'aggregation', what: 'rollup_hour and rollup_day', expected: null, found: null, detail: { hour: '1', day: '2' } },
    ],
    [
      'a contradiction within the ledger',
      { ledger: { ...books, detail: [{ what: 'lines', expected: '11', found: '12' }] } },
      { service: 'pricing', what: 'lines', expected: '11', found: '12' },
    ],
  ])('name %s', (_, over, difference) => {
    expect(compareBooks({ ...agreeing, ...over })).toEqual([difference]);
  });

  it('do not compare what a service does not keep, nor one that has not answered', () => {
    const withoutRequests = { charges: '3', amount: '11', cost: '10', direct: '0.5', detail: [] };
    expect(compareBooks({ ledger: books, aggregation: withoutRequests, budgets: undefined, invoicing: undefined })).toEqual([]);
  });
});
