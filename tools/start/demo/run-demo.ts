import type { DemoSummary } from '../dev-file';
import type { DemoContext } from './demo-context';
import { invoiceMonth, savePdf, waiveGraceTime } from './invoice-month';
import { makeLiveCalls } from './live-calls';
import { EVENTS_A_MONTH, lastTwoMonths } from './past-usage';
import { createProjects, sendPastUsage } from './send-usage';
import { spendTable, type SpendRow } from './spend-table';
import { tripBudget } from './trip-budget';

/** Shows what the product is for: usage of two past months reported and invoiced in order, calls through the gateway, a budget that trips, and what all of it
 * cost. Every step is safe to repeat. Throws, naming the step, when one fails. */
export async function runDemo(context: DemoContext): Promise<{ summary: DemoSummary; table: string }> {
  const { progress, now, finance } = context;
  const months = lastTwoMonths(now);
  await step('projects', () => createProjects(context));
  const sent = await step('usage of the past', () => sendPastUsage(context, months));
  progress.step(`demo: reported ${sent} usage events of ${months.join(' and ')}`);
  const calls = await step('calls', () => makeLiveCalls(context));
  progress.step(`demo: ${calls} calls with the stock OpenAI client, plain and streamed, were answered`);
  const thresholds = await step('budget', () => tripBudget(context));
  progress.step(`demo: a budget tripped, signed webhooks arrived for ${thresholds.map((percent) => `${percent} %`).join(', ')}`);
  await step('billing settings', () => waiveGraceTime(context));
  const invoices = [];
  for (const month of months) {
    const invoice = await step(`invoice of ${month}`, () => invoiceMonth(context, month, EVENTS_A_MONTH));
    progress.step(
      `demo: invoice ${invoice.number} of ${month}: ${twoDecimals(invoice.net)} net, ${twoDecimals(invoice.tax)} VAT, ${twoDecimals(invoice.total)} ${invoice.currency}`,
    );
    invoices.push(invoice);
  }
  const newest = invoices.at(-1)!;
  const pdf = await step('PDF', () => savePdf(context, newest));
  const query = `from=${months[0]}-01T00:00:00Z&groupBy=provider,model,project&limit=1000`;
  const spend = await step('spend', () => finance.json<{ currency: string; total: string; rows: SpendRow[] }>(`/api/v1/spend?${query}`));
  const rows = [...spend.rows].sort((a, b) => Number(b.amount) - Number(a.amount));
  return {
    summary: {
      finishedAt: new Date().toISOString(),
      currency: newest.currency,
      total: newest.total,
      invoiceId: newest.id,
      pdf,
      spend: spend.total,
    },
    table: spendTable(rows, spend.total, spend.currency),
  };
}

/** Amounts come without trailing zeros; a person expects cents. */
function twoDecimals(amount: string): string {
  const [whole, cents = ''] = amount.split('.');
  return `${whole}.${cents.padEnd(2, '0')}`;
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`step "${name}" failed: ${(error as Error).message}`, { cause: error });
  }
}
