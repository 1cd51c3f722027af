import { describe, expect, it } from 'vitest';
import { isEuMember, standardRate } from './standard-rates';
import { vatTreatment } from './vat-treatment';

const treat = (seller: string, customer: string, vatId = '', at = '2026-10-31') =>
  vatTreatment({ seller: { country: seller, vatId: '' }, customer: { country: customer, vatId }, at });

describe('VAT between businesses', () => {
  it('is domestic at home, with or without a VAT id', () => {
    expect(treat('DE', 'DE')).toMatchObject({ kind: 'domestic', ratePercent: '19', note: '' });
    expect(treat('DE', 'DE', 'DE123456788')).toMatchObject({ kind: 'domestic', ratePercent: '19' });
    expect(treat('CH', 'CH')).toMatchObject({ kind: 'domestic', ratePercent: '8.1' });
  });

  it('is reversed for a business in another member state, with the sentence that the law wants', () => {
    expect(treat('DE', 'FR', 'FR12345678901')).toMatchObject({
      kind: 'reverse_charge',
      ratePercent: '0',
      note: expect.stringContaining('Reverse charge') as string,
    });
    expect(treat('DE', 'GR', 'EL123456789').kind).toBe('reverse_charge');
    expect(treat('DE', 'FR', ' be0123456749 ').kind).toBe('reverse_charge');
  });

  it("is the seller's own for one in another member state that shows no VAT id of another", () => {
    expect(treat('DE', 'FR')).toMatchObject({ kind: 'domestic', ratePercent: '19' });
    expect(treat('DE', 'FR', 'DE123456788')).toMatchObject({ kind: 'domestic', ratePercent: '19' });
    expect(treat('DE', 'FR', 'XI123456789')).toMatchObject({ kind: 'domestic' });
    expect(treat('DE', 'FR', 'FR')).toMatchObject({ kind: 'domestic' });
  });

  it.each(['US', 'CH', 'NO', 'GB', 'XI', 'IM', 'LI', 'JP'])('is out of scope from Germany to %s', (country) => {
    expect(treat('DE', country, 'GB123456789')).toMatchObject({
      kind: 'outside_scope',
      ratePercent: '0',
      note: expect.stringContaining('Not subject to VAT') as string,
    });
  });

  it('is out of scope for a seller abroad', () => {
    expect(treat('CH', 'DE', 'DE123456788').kind).toBe('outside_scope');
    expect(treat('US', 'US').kind).toBe('outside_scope');
  });

  it('counts Monaco as France, and Greece under both of its codes', () => {
    expect(treat('FR', 'MC')).toMatchObject({ kind: 'domestic', ratePercent: '20' });
    expect(treat('EL', 'GR')).toMatchObject({ kind: 'domestic', ratePercent: '24' });
  });

  it('takes the rate of the date', () => {
    expect(treat('EE', 'EE', '', '2025-06-30').ratePercent).toBe('22');
    expect(treat('EE', 'EE', '', '2025-07-01').ratePercent).toBe('24');
    expect(treat('FI', 'FI', '', '2024-08-31T23:00:00Z').ratePercent).toBe('24');
    expect(treat('FI', 'FI').ratePercent).toBe('25.5');
    expect(treat('SK', 'SK').ratePercent).toBe('23');
    expect(treat('RO', 'RO', '', '2025-08-01').ratePercent).toBe('21');
  });
});

it('knows a rate for each of the 27 member states and none for a country without VAT here', () => {
  const members = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');
  expect(members).toHaveLength(27);
  for (const member of members) {
    expect(isEuMember(member)).toBe(true);
    expect(Number(standardRate(member, '2026-10-31'))).toBeGreaterThanOrEqual(15);
  }
  expect(standardRate('US', '2026-10-31')).toBeUndefined();
  expect(isEuMember('CH')).toBe(false);
});
