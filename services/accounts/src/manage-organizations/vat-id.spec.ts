import { describe, expect, it } from 'vitest';
import { parseVatId } from './vat-id';

describe('a VAT id', () => {
  it.each([
    ['DE 136 695 976', 'DE', 'DE136695976'],
    ['ATU13585627', 'AT', 'ATU13585627'],
    // Greece is EL, not GR.
    ['el094259216', 'GR', 'EL094259216'],
    // 9·8 + 8·7 + 0·6 + 7·5 + 8·4 + 0·3 + 6·2 = 207, and with the last two digits 207 + 84 = 291 = 3·97.
    ['GB980780684', 'GB', 'GB980780684'],
    ['XI 980 7806 84', 'GB', 'XI980780684'],
    ['FR40303265045', 'MC', 'FR40303265045'],
    ['CHE-123.456.788', 'CH', 'CHE123456788'],
    ['12-3456789', 'US', '123456789'],
  ])('%s of %s is %s', (text, country, vatId) => {
    expect(parseVatId(text, country)).toEqual({ vatId });
  });

  it.each([
    ['DE136695977', 'DE', /no valid number of DE/],
    ['DE13669597', 'DE', /no valid number of DE/],
    ['ATU13585627', 'DE', /begins with DE/],
    ['GR094259216', 'GR', /begins with EL/],
    ['XI980780685', 'GB', /no valid number of GB/],
    ['12_3456', 'US', /letters and digits/],
  ])('%s of %s is refused with the reason', (text, country, reason) => {
    expect(parseVatId(text, country)).toEqual({ reason: expect.stringMatching(reason) });
  });
});
