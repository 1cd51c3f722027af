import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../money/decimal';
import { boundInputTokens } from './bounds';
import { isAllCovering, scopeMatches } from './scope';
import { crossedThresholds } from './thresholds';

const d = (text: string): Decimal => Decimal.parse(text);
const crossed = (before: string, after: string, amount = '200', thresholds = ['50', '80', '100']): string[] =>
  crossedThresholds(d(before), d(after), d(amount), thresholds);

describe('thresholds', () => {
  it.each([
    ['0', '99.999999', []],
    ['0', '100', ['50']],
    ['100', '159.99', []],
    ['100', '160', ['80']],
    ['99.99', '500', ['50', '80', '100']],
    ['200', '300', []],
    ['160', '40', []],
  ])('from %s to %s of 200 crosses %j', (before, after, expected) => {
    expect(crossed(before, after)).toEqual(expected);
  });

  it('are told in ascending order, also beyond the whole and between whole percents', () => {
    expect(crossed('0', '1000', '200', ['120', '100', '99.5'])).toEqual(['99.5', '100', '120']);
  });

  it('are each crossed once, however spending is cut into charges', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (cents) => {
        let spent = Decimal.ZERO;
        const seen: string[] = [];
        for (const step of cents) {
          const after = spent.plus(Decimal.from(BigInt(step), 2));
          seen.push(...crossedThresholds(spent, after, d('200'), ['50', '80', '100']));
          spent = after;
        }
        expect(seen).toEqual(crossedThresholds(Decimal.ZERO, spent, d('200'), ['50', '80', '100']));
      }),
    );
  });
});

describe('a scope', () => {
  const facts = { project: 'search', team: 'a', env: '', feature: '', key: 'k1', provider: 'openai', model: 'gpt-4o' };

  it('holds what equals every member that it names', () => {
    expect(scopeMatches({}, facts)).toBe(true);
    expect(scopeMatches({ project: 'search', provider: 'openai' }, facts)).toBe(true);
    expect(scopeMatches({ project: 'search', provider: 'groq' }, facts)).toBe(false);
    expect(scopeMatches({ env: 'prod' }, facts)).toBe(false);
    expect(scopeMatches({ project: '', team: '' }, facts)).toBe(true);
  });

  it('covers all when it names nothing', () => {
    expect(isAllCovering({ project: '', env: '' })).toBe(true);
    expect(isAllCovering({ key: 'k1' })).toBe(false);
  });
});

it('a body makes no more tokens than it has bytes, and its frame', () => {
  expect(boundInputTokens(0)).toBe(256);
  expect(boundInputTokens(10_000)).toBe(10_256);
});
