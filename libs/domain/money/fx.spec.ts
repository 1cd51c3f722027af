import { describe, expect, it } from 'vitest';
import { Decimal } from './decimal';
import { FxBook, crossRate, selectFxRate } from './fx';

const d = (text: string): Decimal => Decimal.parse(text);

describe('a cross rate', () => {
  it('has 15 decimals, half-even, of reporting units per vendor unit', () => {
    // 0.9312 CHF per euro, 1.1634 USD per euro: 0.9312 / 1.1634 = 0.800412583806085611...
    expect(crossRate(d('1.1634'), d('0.9312')).toString()).toBe('0.800412583806086');
    // 1 / 2^16 = 0.0000152587890625, a tie at the 16th digit: the 15th stays even.
    expect(crossRate(d('65536'), Decimal.ONE).toString()).toBe('0.000015258789062');
  });
});

describe('choosing a rate', () => {
  const rates = ['2026-10-01', '2026-10-02', '2026-10-05'].map((date, index) => ({ date, rate: d(`1.${index + 1}`) }));

  it("takes the newest strictly before the event's date, so that the day's own never counts", () => {
    expect(selectFxRate(rates, '2026-10-05')?.date).toBe('2026-10-02');
    expect(selectFxRate(rates, '2026-10-06')?.date).toBe('2026-10-05');
    expect(selectFxRate(rates, '2026-10-02')?.date).toBe('2026-10-01');
  });

  it('finds none before the first', () => {
    expect(selectFxRate(rates, '2026-10-01')).toBeUndefined();
    expect(selectFxRate([], '2026-10-01')).toBeUndefined();
  });

  it('flags a rate of more than seven days', () => {
    expect(selectFxRate(rates, '2026-10-12')).toMatchObject({ date: '2026-10-05', stale: false });
    expect(selectFxRate(rates, '2026-10-13')).toMatchObject({ date: '2026-10-05', stale: true });
  });
});

describe('a book of rates', () => {
  const book = new FxBook();
  book.put('USD', '2026-10-02', d('1.25'));
  book.put('USD', '2026-10-01', d('1.2'));
  book.put('CHF', '2026-10-01', d('0.9'));
  book.put('JPY', '2026-10-02', d('175'));

  it('needs no rate for one and the same currency', () => {
    expect(book.resolve('XAF', 'XAF', '1990-01-01')).toMatchObject({ source: 'identity', date: '', stale: false });
  });

  it('converts to and from the euro', () => {
    // 1 / 1.25 = 0.8; 175 per euro
    expect(book.resolve('USD', 'EUR', '2026-10-03')).toMatchObject({ date: '2026-10-02', source: 'ECB', stale: false });
    expect(book.resolve('USD', 'EUR', '2026-10-03')?.rate.toString()).toBe('0.8');
    expect(book.resolve('EUR', 'JPY', '2026-10-03')?.rate.toString()).toBe('175');
  });

  it('crosses two currencies by the newest day that has both', () => {
    // CHF has no rate on 10-02: 0.9 / 1.2 = 0.75
    expect(book.resolve('USD', 'CHF', '2026-10-03')?.rate.toString()).toBe('0.75');
    expect(book.resolve('USD', 'CHF', '2026-10-03')?.date).toBe('2026-10-01');
    expect(book.resolve('CHF', 'JPY', '2026-10-03')).toBeUndefined();
  });

  it('knows no conversion without a rate', () => {
    expect(book.resolve('USD', 'EUR', '2026-10-01')).toBeUndefined();
    expect(book.resolve('GBP', 'EUR', '2026-10-03')).toBeUndefined();
  });

  it('forgets what it computed when a rate changes', () => {
    const changing = new FxBook();
    changing.put('USD', '2026-10-01', d('2'));
    expect(changing.resolve('USD', 'EUR', '2026-10-02')?.rate.toString()).toBe('0.5');
    changing.put('USD', '2026-10-01', d('4'));
    expect(changing.resolve('USD', 'EUR', '2026-10-02')?.rate.toString()).toBe('0.25');
    changing.remove('USD', '2026-10-01');
    expect(changing.resolve('USD', 'EUR', '2026-10-02')).toBeUndefined();
  });

  it('refuses a rate that would divide by zero or pay money back', () => {
    expect(() => new FxBook().put('USD', '2026-10-01', d('0'))).toThrow(RangeError);
    expect(() => new FxBook().put('USD', '2026-10-01', d('-1'))).toThrow(RangeError);
  });
});
