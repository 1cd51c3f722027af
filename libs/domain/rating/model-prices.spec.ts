import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RatedCall } from './conditions';
import { ModelPrices } from './model-prices';
import { PriceBook } from './price-book';
import { RatingError, type Price } from './price';

const AT = Date.parse('2026-10-15T12:00:00Z');
const call = (more: Partial<RatedCall> = {}): RatedCall => ({ attributes: {}, inputTokens: 0n, occurredAt: AT, ...more });

function price(version: string, more: Partial<Price> = {}): Price {
  return {
    version,
    provider: 'p',
    model: 'm',
    unit: 'input_tokens',
    amount: '1',
    currency: 'USD',
    per: '1000000',
    conditions: {},
    validFrom: '',
    validTo: '',
    ...more,
  };
}

const chosen = (prices: Price[], of: RatedCall = call()): string | undefined => new ModelPrices(prices).select('input_tokens', of)?.version;

describe('the price of a unit', () => {
  it('is valid from its start and no longer at its end', () => {
    const old = price('old', { validTo: '2026-10-01T00:00:00Z' });
    const current = price('new', { validFrom: '2026-10-01T00:00:00Z' });
    const on = (time: string): string | undefined => chosen([old, current], call({ occurredAt: Date.parse(time) }));
    expect(on('2026-09-30T23:59:59.999Z')).toBe('old');
    expect(on('2026-10-01T00:00:00Z')).toBe('new');
    expect(on('1999-01-01T00:00:00Z')).toBe('old');
    expect(chosen([old], call({ occurredAt: Date.parse('2026-10-01T00:00:00Z') }))).toBeUndefined();
  });

  it('is the newest of those valid at once', () => {
    expect(chosen([price('first'), price('back-dated', { validFrom: '2026-10-10T00:00:00Z' })])).toBe('back-dated');
  });

  it('is the most specific whose conditions all hold', () => {
    const prices = [
      price('any'),
      price('flex', { conditions: { service_tier: 'flex' } }),
      price('flex-eu', { conditions: { service_tier: 'flex', region: 'eu' } }),
    ];
    expect(chosen(prices)).toBe('any');
    expect(chosen(prices, call({ attributes: { service_tier: 'flex', region: 'us' } }))).toBe('flex');
    expect(chosen(prices, call({ attributes: { service_tier: 'flex', region: 'eu' } }))).toBe('flex-eu');
    expect(chosen(prices, call({ attributes: { service_tier: 'default' } }))).toBe('any');
  });

  it('is the one of the highest context threshold that the whole call reaches', () => {
    const prices = [
      price('any'),
      price('128k', { conditions: { min_input_tokens: '128000' } }),
      price('above-200k', { conditions: { min_input_tokens_above: '200000' } }),
    ];
    const at = (inputTokens: bigint): string | undefined => chosen(prices, call({ inputTokens }));
    expect(at(127_999n)).toBe('any');
    expect(at(128_000n)).toBe('128k');
    expect(at(200_000n)).toBe('128k');
    expect(at(200_001n)).toBe('above-200k');
  });

  it('may depend on the time of day, also around midnight', () => {
    const prices = [price('peak'), price('off-peak', { conditions: { time_of_day: '16:30-00:30' } })];
    const at = (time: string): string | undefined => chosen(prices, call({ occurredAt: Date.parse(`2026-10-15T${time}Z`) }));
    expect(at('16:29:59')).toBe('peak');
    expect(at('16:30:00')).toBe('off-peak');
    expect(at('00:29:59')).toBe('off-peak');
    expect(at('00:30:00')).toBe('peak');
  });

  it('may depend on the day of the week, Monday being 1', () => {
    const prices = [price('full'), price('weekend', { conditions: { weekdays: '6,7' } })];
    const on = (date: string): string | undefined => chosen(prices, call({ occurredAt: Date.parse(date) }));
    expect(on('2026-10-16T23:59:59Z')).toBe('full'); // a Friday
    expect(on('2026-10-17T00:00:00Z')).toBe('weekend');
    expect(on('2026-10-18T23:59:59Z')).toBe('weekend');
    expect(on('2026-10-19T00:00:00Z')).toBe('full');
    expect(on('1969-12-28T12:00:00Z')).toBe('weekend'); // a Sunday before the epoch
  });

  it('never depends on the order in which prices came', () => {
    const prices = fc.array(
      fc.record({
        version: fc.uuid(),
        conditions: fc.record(
          {
            service_tier: fc.constantFrom('flex', 'priority'),
            min_input_tokens: fc.constantFrom('0', '100', '200'),
            region: fc.constant('eu'),
          },
          { requiredKeys: [] },
        ),
        validFrom: fc.constantFrom('', '2026-01-01T00:00:00Z', '2026-10-01T00:00:00Z'),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(prices, fc.bigInt({ min: 0n, max: 300n }), fc.nat(), (list, inputTokens, seed) => {
        const all = list.map(({ version, ...more }) => price(version, more));
        const of = call({ attributes: { service_tier: 'flex', region: 'eu' }, inputTokens });
        const turned = [...all.slice(seed % (all.length + 1)), ...all.slice(0, seed % (all.length + 1))].reverse();
        expect(chosen(turned, of)).toBe(chosen(all, of));
      }),
    );
  });

  it.each<[string, Partial<Price>]>([
    ['a per that is no power of ten', { per: '60' }],
    ['a negative amount', { amount: '-1' }],
    ['a currency that is none', { currency: 'BTC' }],
    ['a unit that is none', { unit: 'tokens' }],
    ['a time that is none', { validFrom: 'soon' }],
    ['a threshold that is no number', { conditions: { min_input_tokens: 'many' } }],
    ['a threshold of a name that would never hold', { conditions: { above_tokens: '5' } }],
    ['days of the week that are none', { conditions: { weekdays: '0,8' } }],
    ['a span of time that is none', { conditions: { time_of_day: 'night' } }],
  ])('is refused with %s', (_what, more) => {
    expect(() => new ModelPrices([price('x', more)])).toThrow(RatingError);
  });
});

describe('a price book', () => {
  it('finds the prices of a model, and follows their changes', () => {
    const book = PriceBook.of([price('a'), price('b', { model: 'other' })]);
    expect(book.modelPrices('p', 'm')?.select('input_tokens', call())?.version).toBe('a');
    expect(book.modelPrices('p', 'none')).toBeUndefined();
    book.put('a', price('a2'));
    expect(book.modelPrices('p', 'm')?.select('input_tokens', call())?.version).toBe('a2');
    book.remove('a', 'p', 'm');
    expect(book.modelPrices('p', 'm')).toBeUndefined();
  });
});
