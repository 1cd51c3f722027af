import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IDENTITY_FX, type AppliedFx } from '../money/fx';
import { Decimal } from '../money/decimal';
import { QuantityError } from '../metering/quantities';
import { ModelPrices } from './model-prices';
import type { Price } from './price';
import { rateUsage, type Rated, type RatingInput } from './rate-usage';

const AT = Date.parse('2026-10-15T12:00:00Z');

function price(unit: string, amount: string, more: Partial<Price> = {}): Price {
  return {
    version: `${unit} ${amount}`,
    provider: 'openai',
    model: 'gpt-4o',
    unit,
    amount,
    currency: 'USD',
    per: '1000000',
    conditions: {},
    validFrom: '',
    validTo: '',
    ...more,
  };
}

const fxOf = (rate: string) => (): AppliedFx => ({ rate: Decimal.parse(rate), date: '2026-10-14', source: 'ECB', stale: false });

function rate(prices: Price[], quantities: Record<string, string>, more: Partial<RatingInput> = {}) {
  return rateUsage({
    quantities,
    attributes: {},
    occurredAt: AT,
    prices: new ModelPrices(prices),
    markupPercent: '0',
    ownConnection: false,
    feePercent: '0',
    fx: () => IDENTITY_FX,
    currency: 'USD',
    ...more,
  });
}

const GPT_4O = [price('input_tokens', '2.5'), price('input_cached_tokens', '1.25'), price('output_tokens', '10')];

describe('a charge', () => {
  it('is quantity × rate ÷ per × fx for each unit, and its mark-up on top, exact', () => {
    // Shared connection, EUR at 0.8596 per USD, mark-up 10 %:
    // 812 × 2.5 ÷ 10^6 × 0.8596 = 0.00203 × 0.8596 = 0.001744988; × 1.1 = 0.0019194868
    //  96 × 10  ÷ 10^6 × 0.8596 = 0.00096 × 0.8596 = 0.000825216; × 1.1 = 0.0009077376
    const rated = rate(GPT_4O, { input_tokens: '812', output_tokens: '96' }, { markupPercent: '10', fx: fxOf('0.8596'), currency: 'EUR' });
    expect(rated).toEqual({
      lines: [
        {
          unit: 'input_tokens',
          quantity: '812',
          rate: '2.5',
          currency: 'USD',
          per: '1000000',
          priceVersion: 'input_tokens 2.5',
          pricedAs: 'input_tokens',
          cost: '0.001744988',
          amount: '0.0019194868',
        },
        {
          unit: 'output_tokens',
          quantity: '96',
          rate: '10',
          currency: 'USD',
          per: '1000000',
          priceVersion: 'output_tokens 10',
          pricedAs: 'output_tokens',
          cost: '0.000825216',
          amount: '0.0009077376',
        },
      ],
      cost: '0.002570204',
      amount: '0.0028272244',
      direct: '0',
      fx: { rate: Decimal.parse('0.8596'), date: '2026-10-14', source: 'ECB', stale: false },
    });
  });

  it('on an own connection bills only the fee, and counts the vendor bill as direct', () => {
    // 1,000,000 × 2.5 ÷ 10^6 = 2.5; fee of 4 %: 0.1. The mark-up does not matter.
    expect(rate(GPT_4O, { input_tokens: '1000000' }, { ownConnection: true, feePercent: '4', markupPercent: '50' })).toMatchObject({
      cost: '2.5',
      amount: '0.1',
      direct: '2.5',
    });
    expect(rate(GPT_4O, { input_tokens: '1000000' }, { ownConnection: true })).toMatchObject({ cost: '2.5', amount: '0', direct: '2.5' });
  });

  it('may be discounted', () => {
    // 2.5 × (1 - 0.2) = 2
    expect(rate(GPT_4O, { input_tokens: '1000000' }, { markupPercent: '-20' })).toMatchObject({ amount: '2' });
  });

  it('of nothing is zero, and no line', () => {
    expect(rate(GPT_4O, { input_tokens: '0', output_tokens: '0' })).toMatchObject({ lines: [], cost: '0', amount: '0', direct: '0' });
    expect(rate([], {})).toMatchObject({ lines: [], amount: '0' });
  });

  it('does not mind requests that have no price, and bills them where they have one', () => {
    expect(rate(GPT_4O, { requests: '1', output_tokens: '1' })).toMatchObject({ amount: '0.00001' });
    expect(rate([price('requests', '0.005', { per: '1' })], { requests: '2' })).toMatchObject({ amount: '0.01' });
  });

  it('does not depend on the order in which units are reported, and its lines add up', () => {
    const count = fc.bigInt({ min: 0n, max: 10n ** 9n }).map(String);
    const used = fc.record({
      input_tokens: count,
      input_cached_tokens: count,
      output_tokens: count,
      output_reasoning_tokens: count,
      requests: count,
    });
    fc.assert(
      fc.property(used, fc.integer({ min: -99, max: 300 }), fc.boolean(), (quantities, percent, ownConnection) => {
        const more = {
          markupPercent: String(percent),
          feePercent: String(Math.abs(percent)),
          ownConnection,
          fx: fxOf('0.859549596011690'),
        };
        const rated = rate(GPT_4O, quantities, more) as Rated;
        expect(rate(GPT_4O, Object.fromEntries(Object.entries(quantities).reverse()), more)).toEqual(rated);
        const sum = (member: 'cost' | 'amount'): string => Decimal.sum(rated.lines.map((line) => Decimal.parse(line[member]))).toString();
        expect(sum('cost')).toBe(rated.cost);
        expect(sum('amount')).toBe(rated.amount);
      }),
    );
  });

  it('refuses quantities that are none', () => {
    expect(() => rate(GPT_4O, { input_tokens: '-5' })).toThrow(QuantityError);
    expect(() => rate(GPT_4O, { tokens: '5' })).toThrow(QuantityError);
  });
});

describe('a unit without a price of its own', () => {
  it('takes the price of the unit that it falls back to', () => {
    // 100 cached at the input rate and 50 reasoning at the output rate: 0.00025 + 0.0005
    const rated = rate([price('input_tokens', '2.5'), price('output_tokens', '10')], {
      input_cached_tokens: '100',
      output_reasoning_tokens: '50',
    });
    expect(rated).toMatchObject({
      amount: '0.00075',
      lines: [
        { unit: 'input_cached_tokens', pricedAs: 'input_tokens' },
        { unit: 'output_reasoning_tokens', pricedAs: 'output_tokens' },
      ],
    });
  });

  it('goes down the chain: an hour of cache falls back to a cache write, then to input', () => {
    const write = price('input_cache_write_tokens', '3.75');
    expect(rate([write, ...GPT_4O], { input_cache_write_1h_tokens: '1000000' })).toMatchObject({ amount: '3.75' });
    expect(rate(GPT_4O, { input_cache_write_1h_tokens: '1000000' })).toMatchObject({ amount: '2.5' });
  });

  it('parks the event, naming the units, rather than costing nothing', () => {
    expect(rate(GPT_4O, { input_tokens: '5', input_audio_tokens: '7', images: '1' })).toEqual({
      parked: 'no_price',
      units: ['images', 'input_audio_tokens'],
      detail: 'No price for images, input_audio_tokens',
    });
    expect(rate(GPT_4O, { output_tokens: '5' }, { prices: undefined })).toMatchObject({ parked: 'no_price', units: ['output_tokens'] });
  });

  it('is free at a price of zero, which is a price', () => {
    expect(rate([price('output_tokens', '0')], { output_tokens: '5' })).toMatchObject({ amount: '0', lines: [{ rate: '0' }] });
  });
});

describe('a currency without a rate', () => {
  it('parks the event', () => {
    expect(rate(GPT_4O, { output_tokens: '5' }, { fx: () => undefined, currency: 'EUR' })).toEqual({
      parked: 'no_fx_rate',
      units: ['output_tokens'],
      detail: 'No rate from USD to EUR',
    });
  });

  it('parks what is priced in two currencies at once', () => {
    const prices = [price('input_tokens', '2.5'), price('output_tokens', '70', { currency: 'CNY' })];
    expect(rate(prices, { input_tokens: '1', output_tokens: '1' })).toMatchObject({ parked: 'no_price', units: ['output_tokens'] });
  });
});
