import { describe, expect, it } from 'vitest';
import { readEcbRates } from './ecb-rates';

const CSV = `Date,USD,HRK,JPY,
2026-10-30,1.1172,N/A,175.68,
2026-10-29,1.113,N/A,,
2023-10-29,1.05,7.53,160,
`;

describe('the ECB’s reference rates', () => {
  it('are kept from a date on, oldest first, without currencies that ended before it', () => {
    expect(readEcbRates(CSV, '2026-01-01')).toEqual({
      currencies: ['USD', 'JPY'],
      rows: [
        { date: '2026-10-29', rates: ['1.113', ''] },
        { date: '2026-10-30', rates: ['1.1172', '175.68'] },
      ],
    });
  });

  it.each(['0', '0.0', '-1', '1e3', 'n.a.'])('are refused with a cell of %s', (cell) => {
    expect(() => readEcbRates(`Date,USD,\n2026-10-30,${cell},\n`, '2026-01-01')).toThrow('Not a rate: USD 2026-10-30');
  });
});
