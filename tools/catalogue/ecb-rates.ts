/** Euro reference rates: units of a currency per euro, by publication date. */
export interface EcbRates {
  readonly currencies: readonly string[];
  /** Ascending by date; a cell is empty where the ECB published none. */
  readonly rows: readonly { readonly date: string; readonly rates: readonly string[] }[];
}

/**
 * Reads the ECB's own CSV (`Date,USD,…,` with a trailing comma, newest first, `N/A` for a currency of other days) from `since` on, and drops currencies
 * that have no rate since then. Throws for a cell that is neither a positive decimal nor N/A.
 */
export function readEcbRates(csv: string, since: string): EcbRates {
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header
    .split(',')
    .slice(1)
    .map((name) => name.trim());
  const rows = lines
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter(([date = '']) => date >= since)
    .map(([date = '', ...cells]) => ({ date, rates: names.map((name, index) => rateOf(cells[index] ?? '', `${name} ${date}`)) }))
    .sort((left, right) => (left.date < right.date ? -1 : 1));
  const used = names.map((name, index) => name !== '' && rows.some(({ rates }) => rates[index] !== ''));
  return {
    currencies: names.filter((_, index) => used[index]),
    rows: rows.map(({ date, rates }) => ({ date, rates: rates.filter((_, index) => used[index]) })),
  };
}

function rateOf(cell: string, where: string): string {
  if (cell === '' || cell === 'N/A') return '';
  if (!/^[0-9]+(?:\.[0-9]+)?$/.test(cell) || /^[0.]+$/.test(cell)) throw new Error(`Not a rate: ${where} has ${cell}`);
  return cell;
}
