/** A standard VAT rate in percent, from a date (inclusive) until the next one's. */
interface DatedRate {
  readonly from: string;
  readonly percent: string;
}

const ALWAYS = '0000-01-01';

function since(percent: string, ...changes: [from: string, percent: string][]): DatedRate[] {
  return [{ from: ALWAYS, percent }, ...changes.map(([from, changed]) => ({ from, percent: changed }))];
}

/**
 * Standard rates since 2023 (older dates get the oldest rate here). EU: European Commission, "Taxes in Europe" database and the Union's yearly table of VAT
 * rates; changes by national law: LU 17 again from 2024, EE 22 and 24, FI 25.5, SK 23, RO 21. CH: Federal Tax Administration; NO: Skatteetaten; GB: HMRC.
 */
const STANDARD_RATES: Readonly<Record<string, readonly DatedRate[]>> = {
  AT: since('20'),
  BE: since('21'),
  BG: since('20'),
  CY: since('19'),
  CZ: since('21'),
  DE: since('19'),
  DK: since('25'),
  EE: since('20', ['2024-01-01', '22'], ['2025-07-01', '24']),
  ES: since('21'),
  FI: since('24', ['2024-09-01', '25.5']),
  FR: since('20'),
  GR: since('24'),
  HR: since('25'),
  HU: since('27'),
  IE: since('23'),
  IT: since('22'),
  LT: since('21'),
  LU: since('16', ['2024-01-01', '17']),
  LV: since('21'),
  MT: since('18'),
  NL: since('21'),
  PL: since('23'),
  PT: since('23'),
  RO: since('19', ['2025-08-01', '21']),
  SE: since('25'),
  SI: since('22'),
  SK: since('20', ['2025-01-01', '23']),
  CH: since('7.7', ['2024-01-01', '8.1']),
  LI: since('7.7', ['2024-01-01', '8.1']),
  NO: since('25'),
  GB: since('20'),
};

const EU = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '));

/**
 * ISO country code whose VAT territory a code means: EL is Greece's VAT prefix, Monaco is French territory for VAT, the Isle of Man British, and Northern
 * Ireland (XI) counts as the Union for goods only, so for services it is the United Kingdom.
 */
export function vatTerritory(country: string): string {
  const code = country.toUpperCase();
  return { EL: 'GR', MC: 'FR', IM: 'GB', XI: 'GB', UK: 'GB' }[code] ?? code;
}

/** Whether the country is a member state of the European Union for services. */
export function isEuMember(country: string): boolean {
  return EU.has(vatTerritory(country));
}

/** The standard rate in percent on a date `YYYY-MM-DD`, or undefined for a country without one in this table. */
export function standardRate(country: string, date: string): string | undefined {
  const rates = STANDARD_RATES[vatTerritory(country)];
  return rates?.findLast(({ from }) => from <= date)?.percent;
}
