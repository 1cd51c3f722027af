import { Decimal } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import { percentOf, reachedThresholds } from './thresholds';

const d = (text: string) => Decimal.parse(text);

describe('thresholds', () => {
  it('are reached at exactly their percentage', () => {
    // 80 % of 12.5 is 10.
    expect(reachedThresholds(d('10'), d('12.5'), ['50', '80', '100'])).toEqual(['50', '80']);
    expect(reachedThresholds(d('9.999999999999999999'), d('12.5'), ['50', '80', '100'])).toEqual(['50']);
  });
  it('may lie beyond 100 and have digits', () => {
    expect(reachedThresholds(d('125.5'), d('100'), ['99.5', '125.5', '150'])).toEqual(['99.5', '125.5']);
  });
  it('show spending in percent with two digits', () => {
    // 1 ÷ 3 = 33.333… %; 2 ÷ 3 = 66.666… %
    expect(percentOf(d('1'), d('3'))).toBe('33.33');
    expect(percentOf(d('2'), d('3'))).toBe('66.67');
    expect(percentOf(d('-1'), d('4'))).toBe('-25');
  });
});
