import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuantityError, addQuantities, negateQuantities, parseQuantity } from './quantities';
import { UNITS, isUnit, unitDefinition } from './units';

describe('units', () => {
  it('fall back to units that exist, and never in a circle', () => {
    for (const { unit } of UNITS) {
      const seen = new Set<string>();
      for (let name: string | undefined = unit; name; name = unitDefinition(name)?.fallback) {
        expect(isUnit(name)).toBe(true);
        expect(seen.has(name)).toBe(false);
        seen.add(name);
      }
    }
  });

  it('are not made up', () => {
    expect(isUnit('tokens')).toBe(false);
    expect(isUnit('constructor')).toBe(false);
  });
});

describe('a reported quantity', () => {
  it.each([
    ['input_tokens', '812', '812'],
    ['input_tokens', '812.00', '812'],
    ['input_audio_seconds', '12.50', '12.5'],
    ['requests', '0', '0'],
  ])('%s of %s is %s', (unit, text, value) => {
    expect(parseQuantity(unit, text).toString()).toBe(value);
  });

  it.each([
    ['input_tokens', '-5', /must not be negative/],
    ['input_tokens', '1.5', /whole number/],
    ['input_tokens', 'many', /decimal string/],
    ['input_tokens', '1e3', /decimal string/],
    ['input_tokens', '', /decimal string/],
    ['input_tokens', '1'.repeat(19), /below 10\^18/],
    ['input_audio_seconds', '0.0000000000001', /12 digits/],
    ['tokens', '5', /Unknown unit "tokens"/],
  ])('%s of %j is refused', (unit, text, message) => {
    expect(() => parseQuantity(unit, text)).toThrow(QuantityError);
    expect(() => parseQuantity(unit, text)).toThrow(message);
  });

  it('counts as many tokens whatever zeros it is written with', () => {
    expect(parseQuantity('input_tokens', '812.000').coefficient).toBe(812n);
  });
});

describe('sums of quantities', () => {
  const quantities = fc.dictionary(
    fc.constantFrom('input_tokens', 'output_tokens', 'pages'),
    fc.bigInt({ min: 0n, max: 10n ** 12n }).map(String),
  );
  it('do not depend on the order, and a taken-back event leaves nothing', () => {
    fc.assert(
      fc.property(quantities, quantities, (a, b) => {
        expect(addQuantities(a, b)).toEqual(addQuantities(b, a));
        expect(addQuantities(addQuantities(a, b), negateQuantities(b))).toEqual(addQuantities(a, {}));
        expect(addQuantities(a, negateQuantities(a))).toEqual({});
      }),
    );
  });
});
