import { describe, expect, it } from 'vitest';
import { exactNumber } from './exact-number';

describe('a number of a price map', () => {
  it.each([
    ['1.25e-06', '0.00000125'],
    ['0.0', '0'],
    ['2.4E-05', '0.000024'],
    ['256000.0', '256000'],
    ['1e3', '1000'],
    ['-5e-1', '-0.5'],
  ])('is read from its text without a float: %s is %s', (text, expected) => {
    expect(exactNumber(text).toString()).toBe(expected);
  });

  it('loses the float noise beyond 15 significant digits', () => {
    // 5.666666666666667 has 16 digits; the 15th of 5.66666666666666|7 is rounded up.
    expect(exactNumber('0.0005666666666666667').toString()).toBe('0.000566666666666667');
    expect(exactNumber('3.0000000000000004e-06').toString()).toBe('0.000003');
  });

  it.each(['', 'NaN', '1,5', 'Infinity', '0x10'])('is refused when it is none: %j', (text) => {
    expect(() => exactNumber(text)).toThrow('Not a number');
  });
});
