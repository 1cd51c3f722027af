import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IDENTITY_FX } from '../money/fx';
import { Decimal } from '../money/decimal';
import { boundCost, type BoundInput } from './bound-cost';
import { ModelPrices } from './model-prices';
import type { Price } from './price';
import { rateUsage } from './rate-usage';

const AT = Date.parse('2026-10-15T12:00:00Z');

function price(unit: string, amount: string, conditions: Record<string, string> = {}): Price {
  const version = `${unit} ${amount} ${JSON.stringify(conditions)}`;
  return { version, provider: 'p', model: 'm', unit, amount, currency: 'USD', per: '1000000', conditions, validFrom: '', validTo: '' };
}

function bound(prices: Price[], more: Partial<BoundInput> = {}) {
  const input = { maxInputTokens: 1000, maxOutputTokens: 500, markupPercent: '0', fx: () => IDENTITY_FX, occurredAt: AT };
  const result = boundCost({ prices: new ModelPrices(prices), ...input, ...more });
  return 'bound' in result ? result.bound.toString() : result;
}

describe("the bound of a call's cost", () => {
  it('is all it reads and all it writes at their dearest', () => {
    // 1,000 × 3.75 ÷ 10^6 + 500 × 15 ÷ 10^6 = 0.00375 + 0.0075 = 0.01125; with 20 % on top 0.0135
    const prices = [
      price('input_tokens', '3'),
      price('input_cached_tokens', '0.3'),
      price('input_cache_write_tokens', '3.75'),
      price('output_tokens', '15'),
    ];
    expect(bound(prices)).toBe('0.01125');
    expect(bound(prices, { markupPercent: '20' })).toBe('0.0135');
  });

  it('takes a context threshold that the input can reach, and no other', () => {
    const prices = [price('input_tokens', '1'), price('input_tokens', '2', { min_input_tokens: '1001' }), price('output_tokens', '0')];
    expect(bound(prices, { maxInputTokens: 1000 })).toBe('0.001');
    expect(bound(prices, { maxInputTokens: 1001 })).toBe('0.002002');
  });

  it('takes an open attribute at its dearest, and a fixed one as it is', () => {
    const prices = [price('input_tokens', '1'), price('input_tokens', '2', { service_tier: 'priority' }), price('output_tokens', '0')];
    expect(bound(prices)).toBe('0.002');
    expect(bound(prices, { attributes: { service_tier: 'default' } })).toBe('0.001');
    expect(bound(prices, { attributes: { service_tier: 'priority' } })).toBe('0.002');
  });

  it('leaves out units that the call cannot have', () => {
    const prices = [price('input_tokens', '1'), price('input_audio_tokens', '40'), price('output_tokens', '0')];
    expect(bound(prices)).toBe('0.04');
    expect(bound(prices, { units: ['input_tokens', 'output_tokens'] })).toBe('0.001');
  });

  it('does not exist without prices for what is read and written, or without a rate', () => {
    expect(bound([price('input_tokens', '1')])).toMatchObject({ unbounded: 'no_price' });
    expect(bound([price('output_tokens', '1')])).toMatchObject({ unbounded: 'no_price' });
    expect(bound([price('input_tokens', '1')], { prices: undefined })).toMatchObject({ unbounded: 'no_price' });
    expect(bound([price('input_tokens', '1'), price('output_tokens', '1')], { fx: () => undefined })).toMatchObject({
      unbounded: 'no_fx_rate',
    });
    expect(bound([price('input_tokens', '1')], { maxOutputTokens: 0 })).toBe('0.001');
  });

  it('is never below the charge, however the tokens fall', () => {
    const amount = fc.integer({ min: 0, max: 5000 }).map((cents) => Decimal.from(BigInt(cents), 2).toString());
    const conditions = fc.record(
      { service_tier: fc.constantFrom('flex', 'priority'), min_input_tokens: fc.constantFrom('10', '500', '5000') },
      { requiredKeys: [] },
    );
    const unit = fc.constantFrom(
      'input_tokens',
      'input_cached_tokens',
      'input_cache_write_1h_tokens',
      'output_tokens',
      'output_reasoning_tokens',
      'requests',
    );
    const prices = fc.array(fc.tuple(unit, amount, conditions), { maxLength: 12 });
    const count = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(
        prices,
        fc.tuple(count, count, count, count, count),
        fc.constantFrom('flex', 'default', 'priority'),
        fc.integer({ min: -50, max: 50 }),
        (list, counts, tier, percent) => {
          const [plain, cached, written, output, reasoning] = counts;
          const model = new ModelPrices([price('input_tokens', '1'), price('output_tokens', '1'), ...list.map((args) => price(...args))]);
          const common = { prices: model, markupPercent: String(percent), fx: () => IDENTITY_FX, occurredAt: AT };
          const rated = rateUsage({
            ...common,
            quantities: {
              input_tokens: `${plain}`,
              input_cached_tokens: `${cached}`,
              input_cache_write_1h_tokens: `${written}`,
              output_tokens: `${output}`,
              output_reasoning_tokens: `${reasoning}`,
              requests: '1',
            },
            attributes: { service_tier: tier },
            ownConnection: false,
            feePercent: '0',
            currency: 'USD',
          });
          const bounded = boundCost({ ...common, maxInputTokens: plain + cached + written, maxOutputTokens: output + reasoning });
          if (!('bound' in bounded) || 'parked' in rated) throw new Error('everything has a price here');
          expect(Decimal.parse(rated.amount).compare(bounded.bound)).not.toBe(1);
        },
      ),
      { numRuns: 500 },
    );
  });
});
