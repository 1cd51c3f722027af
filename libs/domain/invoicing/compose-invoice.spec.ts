import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../money/decimal';
import { composeInvoice, type AccruedLine } from './compose-invoice';

const d = (text: string): Decimal => Decimal.parse(text);
const GERMAN = { kind: 'domestic', ratePercent: '19', note: '' } as const;
const line = (exactAmount: string, more: Partial<AccruedLine> = {}): AccruedLine => ({
  provider: 'openai',
  model: 'gpt-4o',
  project: 'search',
  exactAmount: d(exactAmount),
  ...more,
});
const compose = (accrued: AccruedLine[], currency = 'EUR', treatment: Parameters<typeof composeInvoice>[0]['treatment'] = GERMAN) =>
  composeInvoice({ currency, accrued, treatment });

describe('an invoice', () => {
  it('rounds each line once, half-up, and tax on the rounded net', () => {
    // 10.005 -> 10.01; 0.0049 -> 0; 7.3333 -> 7.33; net 17.34; 19 %: 3.2946 -> 3.29; total 20.63
    const invoice = compose([
      line('10.005'),
      line('0.0049', { model: 'gpt-4o-mini' }),
      line('7.3333', { provider: 'groq', model: 'llama' }),
    ]);
    expect(invoice.lines.map(({ amount }) => amount.toFixed(2))).toEqual(['7.33', '10.01', '0.00']);
    expect(invoice.net.toString()).toBe('17.34');
    expect(invoice.tax.toString()).toBe('3.29');
    expect(invoice.total.toString()).toBe('20.63');
    expect(invoice.exactNet.toString()).toBe('17.3432');
    expect(invoice.taxes).toEqual([{ ratePercent: '19', net: invoice.net, tax: invoice.tax }]);
  });

  it("rounds to the currency's own minor unit", () => {
    expect(compose([line('1234.5')], 'JPY').lines[0]?.amount.toString()).toBe('1235');
    expect(compose([line('1.2345')], 'KWD').lines[0]?.amount.toString()).toBe('1.235');
  });

  it('has no tax under reverse charge', () => {
    const invoice = compose([line('99.99')], 'EUR', { kind: 'reverse_charge', ratePercent: '0', note: 'Reverse charge' });
    expect([invoice.net, invoice.tax, invoice.total].map(String)).toEqual(['99.99', '0', '99.99']);
    expect(invoice.lines[0]?.taxRate).toBe('0');
  });

  it('lists its own month first, then adjustments by month, each by project, provider and model', () => {
    const invoice = compose([
      line('1', { adjusts: '2026-09' }),
      line('2', { project: '' }),
      line('3', { adjusts: '2026-08', project: 'z' }),
      line('4', { provider: 'groq' }),
      line('5'),
    ]);
    expect(invoice.lines.map(({ exactAmount }) => exactAmount.toString())).toEqual(['2', '4', '5', '3', '1']);
  });

  it('gives money back by negative adjustments, rounded like the others', () => {
    // -0.005 -> -0.01 (away from zero)
    const invoice = compose([line('5'), line('-0.005', { adjusts: '2026-09' })]);
    expect(invoice.net.toString()).toBe('4.99');
  });

  it('of nothing is zero', () => {
    expect(compose([]).total.toString()).toBe('0');
  });

  it('adds up to the cent whatever its lines, in any order', () => {
    const amounts = fc.array(fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 15n }), fc.nat({ max: 15 }), fc.string(), fc.string()), {
      maxLength: 20,
    });
    const rate = fc.constantFrom('0', '19', '25.5', '8.1');
    fc.assert(
      fc.property(amounts, rate, fc.constantFrom('EUR', 'JPY', 'KWD'), (list, ratePercent, currency) => {
        const accrued = list.map(([digits, scale, model, project]) =>
          line('0', { exactAmount: Decimal.from(digits, scale), model, project }),
        );
        const treatment = { ...GERMAN, ratePercent };
        const invoice = compose(accrued, currency, treatment);
        const backwards = compose([...accrued].reverse(), currency, treatment);
        expect([backwards.net, backwards.tax, backwards.total].map(String)).toEqual([invoice.net, invoice.tax, invoice.total].map(String));
        expect(Decimal.sum(invoice.lines.map(({ amount }) => amount)).toString()).toBe(invoice.net.toString());
        expect(invoice.net.plus(invoice.tax).toString()).toBe(invoice.total.toString());
        expect(Decimal.sum(accrued.map(({ exactAmount }) => exactAmount)).toString()).toBe(invoice.exactNet.toString());
        const digits = { EUR: 2, JPY: 0, KWD: 3 }[currency] ?? 2;
        for (const { exactAmount, amount } of invoice.lines) {
          expect(amount.minus(exactAmount).abs().times(d('2')).compare(Decimal.from(1n, digits))).not.toBe(1);
        }
      }),
    );
  });
});
