import { Decimal } from '@tollgate/domain';
import { describe, expect, it } from 'vitest';
import type { CatalogueModel } from './catalogue-model';
import { crossCheck } from './cross-check';
import type { GenaiProvider } from './genai-prices';

const model = (name: string, prices: [string, string, Record<string, string>?][]): CatalogueModel => ({
  provider: 'openai',
  model: name,
  modality: 'chat',
  maxInputTokens: 0,
  maxOutputTokens: 0,
  deprecationDate: '',
  prices: prices.map(([unit, amount, conditions = {}]) => ({ unit, amount: Decimal.parse(amount), conditions })),
});
const provider = (prices: GenaiProvider['models'][number]['prices']): GenaiProvider => ({
  id: 'openai',
  models: [{ id: 'gpt-x', match: { $: 'ClauseOr', or_: [{ $: 'ClauseStartsWith', starts_with: 'gpt-x-' }] }, prices }],
});
const differencesOf = (models: CatalogueModel[], genai: GenaiProvider) =>
  crossCheck(models, [genai], '2026-11-24').differences.map(({ model: name, unit, ours, theirs }) => `${name} ${unit} ${ours} ${theirs}`);

describe('the check against the second source', () => {
  it('names each plain price that differs, by value and not by digits', () => {
    const ours = model('gpt-x-2026', [
      ['input_tokens', '2.50'],
      ['output_tokens', '10'],
      ['output_tokens', '5', { service_tier: 'batch' }],
      ['searches', '0.01'],
    ]);
    // 10 dollars per thousand searches is 0.01 a search; a tier's base is its plain price.
    const theirs = provider({ input_mtok: { base: '2.5' }, output_mtok: '12', web_searches_kcount: '10' });
    expect(differencesOf([ours], theirs)).toEqual(['openai/gpt-x-2026 output_tokens 10 12']);
    expect(crossCheck([ours], [theirs], '2026-11-24').providers).toEqual([{ provider: 'openai', models: 1, equal: 2, different: 1 }]);
  });

  it('compares with the price that had begun on that day', () => {
    const theirs = provider([
      { prices: { input_mtok: '1' } },
      { constraint: { $: 'StartDateConstraint', start_date: '2026-11-24' }, prices: { input_mtok: '2' } },
      { constraint: { $: 'StartDateConstraint', start_date: '2026-11-25' }, prices: { input_mtok: '3' } },
    ]);
    expect(differencesOf([model('gpt-x', [['input_tokens', '2']])], theirs)).toEqual([]);
  });

  it('leaves out models that are priced by the hour of the day', () => {
    const theirs = provider([{ prices: { input_mtok: '1' } }, { constraint: { $: 'TimeOfDateConstraint' }, prices: { input_mtok: '2' } }]);
    expect(crossCheck([model('gpt-x', [['input_tokens', '2']])], [theirs], '2026-11-24').providers).toEqual([]);
  });
});
