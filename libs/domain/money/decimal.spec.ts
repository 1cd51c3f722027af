import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, DecimalError, type Rounding } from './decimal';

const d = (text: string): Decimal => Decimal.parse(text);
const anyDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat({ max: 25 }))
  .map(([digits, scale]) => Decimal.from(digits, scale));

describe('reading and writing', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['0.00', '0'],
    ['-0.0', '0'],
    ['007', '7'],
    ['1.50', '1.5'],
    ['-12.340', '-12.34'],
    ['100', '100'],
    ['0.000000000000000001', '0.000000000000000001'],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.5'],
  ])('%s is %s', (text, canonical) => {
    expect(d(text).toString()).toBe(canonical);
    expect(JSON.stringify({ text: d(text) })).toBe(`{"text":"${canonical}"}`);
  });

  it.each([
    '',
    ' ',
    '.',
    '1.',
    '.5',
    '+1',
    '1e3',
    '1E-3',
    '0x10',
    'NaN',
    'Infinity',
    '1,5',
    '1_000',
    ' 1',
    '1\n',
    '--1',
    '1.2.3',
    '١',
    '1'.repeat(257),
  ])('refuses %j', (text) => {
    expect(() => d(text)).toThrow(DecimalError);
  });

  it('refuses what is no text at all', () => {
    expect(() => d(5 as unknown as string)).toThrow(DecimalError);
    expect(() => d(null as unknown as string)).toThrow(DecimalError);
    expect(() => Decimal.from(1n, -1)).toThrow(DecimalError);
    expect(() => Decimal.from(1n, 0.5)).toThrow(DecimalError);
  });

  it('reads back what it writes', () => {
    fc.assert(fc.property(anyDecimal, (value) => d(value.toString()).equals(value) && d(value.toString()).toString() === value.toString()));
  });

  it('writes a fixed number of digits, and refuses to drop any', () => {
    expect(d('12.5').toFixed(2)).toBe('12.50');
    expect(d('-7').toFixed(3)).toBe('-7.000');
    expect(d('1200').toFixed(0)).toBe('1200');
    expect(() => d('12.505').toFixed(2)).toThrow(DecimalError);
  });
});

describe('arithmetic', () => {
  it('is exact where floats are not', () => {
    expect(d('0.1').plus(d('0.2')).toString()).toBe('0.3');
    expect(d('1.005').times(d('100')).toString()).toBe('100.5');
    // 812 x 2.5 / 10^6
    expect(d('812').times(d('2.5')).shiftedRight(6).toString()).toBe('0.00203');
  });

  it('obeys the laws of a ring, at any scale', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, anyDecimal, (a, b, c) => {
        expect(a.plus(b).equals(b.plus(a))).toBe(true);
        expect(
          a
            .plus(b)
            .plus(c)
            .equals(a.plus(b.plus(c))),
        ).toBe(true);
        expect(a.times(b.plus(c)).equals(a.times(b).plus(a.times(c)))).toBe(true);
        expect(a.minus(a).isZero()).toBe(true);
        expect(a.minus(b).compare(Decimal.ZERO)).toBe(a.compare(b));
        expect(a.abs().isNegative()).toBe(false);
        expect(Decimal.sum([a, b, c]).toString()).toBe(Decimal.sum([c, a, b]).toString());
      }),
    );
  });
});

describe('rounding', () => {
  const table: [value: string, scale: number, halfEven: string, halfUp: string, up: string, down: string][] = [
    ['2.5', 0, '2', '3', '3', '2'],
    ['3.5', 0, '4', '4', '4', '3'],
    ['-2.5', 0, '-2', '-3', '-3', '-2'],
    ['2.51', 0, '3', '3', '3', '2'],
    ['2.49', 0, '2', '2', '3', '2'],
    ['0.125', 2, '0.12', '0.13', '0.13', '0.12'],
    ['0.135', 2, '0.14', '0.14', '0.14', '0.13'],
    ['-0.004', 2, '0', '0', '-0.01', '0'],
    ['7', 2, '7', '7', '7', '7'],
    ['0.0000001', 2, '0', '0', '0.01', '0'],
  ];
  it.each(table)('%s at %i digits is %s half-even, %s half-up, %s up, %s down', (value, scale, halfEven, halfUp, up, down) => {
    const roundings: [Rounding, string][] = [
      ['half-even', halfEven],
      ['half-up', halfUp],
      ['up', up],
      ['down', down],
    ];
    for (const [rounding, expected] of roundings) expect(d(value).round(scale, rounding).toString()).toBe(expected);
  });

  it('moves a value by at most half a unit, or less than one when directed', () => {
    fc.assert(
      fc.property(anyDecimal, fc.nat({ max: 10 }), (value, scale) => {
        const unit = Decimal.from(1n, scale);
        const distance = (rounding: Rounding): Decimal => value.round(scale, rounding).minus(value).abs();
        for (const rounding of ['half-even', 'half-up'] as const) expect(distance(rounding).times(d('2')).compare(unit)).not.toBe(1);
        for (const rounding of ['up', 'down'] as const) expect(distance(rounding).compare(unit)).toBe(-1);
        expect(value.negated().round(scale, 'half-up').toString()).toBe(value.round(scale, 'half-up').negated().toString());
      }),
    );
  });

  it('divides to the digits asked for', () => {
    expect(d('1').dividedBy(d('3'), 15, 'half-even').toString()).toBe('0.333333333333333');
    expect(d('2').dividedBy(d('3'), 2, 'half-up').toString()).toBe('0.67');
    expect(d('-2').dividedBy(d('3'), 2, 'down').toString()).toBe('-0.66');
    expect(d('1').dividedBy(d('-8'), 2, 'half-even').toString()).toBe('-0.12');
    expect(d('1').dividedBy(d('-3'), 2, 'up').toString()).toBe('-0.34');
    expect(d('-1').dividedBy(d('-3'), 2, 'up').toString()).toBe('0.34');
    expect(d('123.456').dividedBy(d('0.001'), 0, 'down').toString()).toBe('123456');
    expect(() => d('1').dividedBy(d('0.00'), 2, 'down')).toThrow(DecimalError);
  });

  it('divides exactly what it multiplied', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (a, b) => {
        if (b.isZero()) return;
        expect(a.times(b).dividedBy(b, 30, 'down').equals(a)).toBe(true);
      }),
    );
  });
});
