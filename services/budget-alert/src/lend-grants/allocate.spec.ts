import { Decimal } from '@tollgate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, outlookOf } from './allocate';

const d = (text: string) => Decimal.parse(text);
const funds = (limit: string, spent: string, held: string) => ({ limit: d(limit), spent: d(spent), held: d(held) });

describe('what a request gets of a limit', () => {
  it('is what it wants while there is plenty', () => {
    // Free beyond the need: 100 − 1 = 99, an eighth of it 12.375, more than the 4 wanted on top.
    expect(allocate(funds('100', '0', '0'), d('1'), d('5'))?.toString()).toBe('5');
  });
  it('shrinks towards the need near the limit', () => {
    // Free beyond the need: 10 − 5 − 2 − 1 = 2, an eighth of it 0.25.
    expect(allocate(funds('10', '5', '2'), d('1'), d('50'))?.toString()).toBe('1.25');
  });
  it('is exactly the need when nothing else is left', () => {
    expect(allocate(funds('10', '5', '4'), d('1'), d('50'))?.toString()).toBe('1');
  });
  it('is nothing when the need does not fit by the smallest amount', () => {
    expect(allocate(funds('10', '5', '4.000000000000000001'), d('1'), d('1'))).toBeNull();
  });
  it('is nothing once usage from elsewhere has passed the limit', () => {
    expect(allocate(funds('10', '11', '0'), d('0.01'), d('0.01'))).toBeNull();
  });
  it('is the need when less than that is wanted', () => {
    expect(allocate(funds('10', '0', '0'), d('2'), d('1'))?.toString()).toBe('2');
  });
  it('never passes the limit, and is never less than the need', () => {
    const amount = fc
      .bigInt({ min: 0n, max: 10n ** 12n })
      .chain((units) => fc.integer({ min: 0, max: 12 }).map((scale) => Decimal.from(units, scale)));
    fc.assert(
      fc.property(amount, amount, amount, amount, amount, (limit, spent, held, needed, wanted) => {
        const given = allocate({ limit, spent, held }, needed, wanted);
        const fits = spent.plus(held).plus(needed).compare(limit) <= 0;
        expect(given !== null).toBe(fits);
        if (given === null) return;
        expect(spent.plus(held).plus(given).compare(limit)).toBeLessThanOrEqual(0);
        expect(given.compare(needed)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('calling idle parts back', () => {
  it('is of use when what the others have left would make room', () => {
    expect(outlookOf(funds('10', '5', '5'), d('1'), d('1'))).toBe('call-back');
  });
  it('is hopeless when even all of it would not', () => {
    expect(outlookOf(funds('10', '5', '5'), d('1'), d('0.99'))).toBe('hopeless');
  });
  it('is hopeless when nobody else has anything', () => {
    expect(outlookOf(funds('10', '5', '5'), d('1'), d('0'))).toBe('hopeless');
  });
});
