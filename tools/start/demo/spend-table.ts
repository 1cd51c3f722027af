/** One row of `GET /api/v1/spend?groupBy=provider,model,project`. */
export interface SpendRow {
  readonly provider: string;
  readonly model: string;
  readonly project: string | null;
  readonly amount: string;
  readonly requests: number | string;
}

/** Lays spend out as a table for a terminal, in the order given; amounts are cut after six decimals for reading, never for counting. */
export function spendTable(rows: readonly SpendRow[], total: string, currency: string): string {
  const cells = [
    ['provider', 'model', 'project', 'requests', currency],
    ...rows.map((row) => [row.provider, row.model, row.project ?? '–', String(row.requests), sixDecimals(row.amount)]),
    ['total', '', '', '', sixDecimals(total)],
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]): string =>
    row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, 8));
  return [line(cells[0]!), rule, ...cells.slice(1, -1).map(line), rule, line(cells.at(-1)!)].join('\n');
}

function sixDecimals(amount: string): string {
  const [whole, fraction = ''] = amount.split('.');
  return `${whole}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}
