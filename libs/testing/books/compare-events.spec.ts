import { describe, expect, it } from 'vitest';
import { compareEvents, type LedgerEvent } from './compare-events';

const usage = (id: string, quantities: Record<string, string> = { input_tokens: '10' }) => ({
  id,
  provider: 'openai',
  model: 'gpt-4o',
  quantities,
});
const charge = (eventId: string, more: Partial<LedgerEvent> = {}): LedgerEvent => ({
  eventId,
  reportedId: null,
  provider: 'openai',
  model: 'gpt-4o',
  firstCharges: 1,
  estimated: false,
  quantities: { input_tokens: '10' },
  ...more,
});
const none = new Set<string>();
const compare = (expected: ReturnType<typeof usage>[], ledger: LedgerEvent[], parked: ReadonlySet<string> = none) =>
  compareEvents({ expected }, ledger, parked);

describe('comparing events by id', () => {
  it('finds nothing to say when each was charged once with what was answered', () => {
    expect(compare([usage('a'), usage('b')], [charge('b'), charge('a')])).toEqual({
      expected: 2,
      exact: 2,
      lost: [],
      double: [],
      foreign: [],
      wrong: [],
      estimated: [],
      parked: [],
      unanswered: 0,
    });
  });

  it('names a call that was answered and not charged', () => expect(compare([usage('a'), usage('b')], [charge('a')]).lost).toEqual(['b']));

  it('counts parked usage apart from lost', () => {
    expect(compare([usage('a')], [], new Set(['a']))).toMatchObject({ parked: ['a'], lost: [] });
  });

  it('names a call that was charged twice', () => expect(compare([usage('a')], [charge('a', { firstCharges: 2 })]).double).toEqual(['a']));

  it('names a charge of usage that nobody answered', () => expect(compare([], [charge('x')]).foreign).toEqual(['x']));

  it('takes a charge of nothing for an attempt without an answer', () => {
    expect(compare([], [charge('x', { quantities: {} })])).toMatchObject({ foreign: [], unanswered: 1 });
  });

  it.each([
    ['a quantity', { quantities: { input_tokens: '11' } }],
    ['a unit more', { quantities: { input_tokens: '10', output_tokens: '1' } }],
    ['the model', { model: 'gpt-4o-mini' }],
    ['the provider', { provider: 'azure' }],
  ])('names a charge that differs in %s', (_what, more) => {
    const { wrong, exact } = compare([usage('a')], [charge('a', more)]);
    expect([wrong.map(({ id }) => id), exact]).toEqual([['a'], 0]);
  });

  it('does not care for the order of units, nor for the count of requests', () => {
    const quantities = { output_tokens: '2', input_tokens: '1', requests: '1' };
    expect(compare([usage('a', { input_tokens: '1', output_tokens: '2' })], [charge('a', { quantities })]).exact).toBe(1);
  });

  it('counts an estimate apart, whether it is right or not, and whether the provider answered or not', () => {
    const report = compare([usage('a')], [charge('a', { estimated: true }), charge('b', { estimated: true })]);
    expect(report).toMatchObject({ estimated: ['a', 'b'], exact: 0, wrong: [], foreign: [], lost: [] });
  });

  it('demands a charge of every attempt that failed, and none of usage', () => {
    const failed = { expected: [], withoutUsage: new Set(['e', 'f', 'g']) };
    const report = compareEvents(failed, [charge('e', { quantities: {} }), charge('f')], none);
    expect(report).toMatchObject({ unanswered: 1, foreign: ['f'], lost: ['g'] });
  });

  it('accepts any charge where the answer said nonsense, and demands one', () => {
    const report = compareEvents({ expected: [], unclear: new Set(['u', 'v']) }, [charge('u')], none);
    expect(report).toMatchObject({ foreign: [], lost: ['v'] });
  });

  it('judges reported events of those sources alone of which it knows all', () => {
    const reported = [charge('1', { reportedId: 'app|7' }), charge('2', { reportedId: 'demo|7' })];
    expect(compare([usage('a')], [charge('a'), ...reported]).foreign).toEqual([]);
    expect(compare([usage('app|8')], reported)).toMatchObject({ foreign: ['app|7'], lost: ['app|8'] });
  });
});
