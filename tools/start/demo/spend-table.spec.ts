import { describe, expect, it } from 'vitest';
import { spendTable } from './spend-table';

describe('the table of spend', () => {
  it('shows six decimals of each amount and a dash for what is untagged', () => {
    const rows = [
      { provider: 'openai', model: 'gpt-4o', project: 'search', requests: '12', amount: '1.23456789' },
      { provider: 'groq', model: 'x', project: null, requests: 3, amount: '7' },
    ];
    expect(spendTable(rows, '8.23456789', 'EUR').split('\n')).toEqual([
      'provider  model   project  requests       EUR',
      '─────────────────────────────────────────────',
      'openai    gpt-4o  search         12  1.234567',
      'groq      x       –               3  7.000000',
      '─────────────────────────────────────────────',
      'total                                8.234567',
    ]);
  });
});
