import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RestError } from '../seed/rest-client';
import { eventually, type DemoContext } from './demo-context';

/** An invoice, as far as the demo reads it. */
export interface Invoice {
  readonly id: string;
  readonly number: string | null;
  readonly status: string;
  readonly period: string;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly lines: readonly { charges: string }[];
}

const DRAFT_TIMEOUT_MS = 90_000;
const FINAL_TIMEOUT_MS = 90_000;

/** The month is final as soon as it is complete: nobody reports late in the demo. */
export async function waiveGraceTime({ finance }: DemoContext): Promise<void> {
  await finance.json('/api/v1/billing-settings', { method: 'PUT', body: { graceHours: 0 } });
}

/** Drafts a month's invoice until all that was reported is on it, then finalises it: as soon as every producer of usage has come past the month's end. */
export async function invoiceMonth(context: DemoContext, period: string, charges: number): Promise<Invoice> {
  const { finance } = context;
  const existing = await finance.json<{ data: Invoice[] }>(`/api/v1/invoices?period=${period}&status=finalized`);
  if (existing.data[0] !== undefined) return finance.json<Invoice>(`/api/v1/invoices/${existing.data[0].id}`);
  let seen = 0;
  const draft = await eventually(
    `${charges} charges on the draft of ${period}`,
    context,
    DRAFT_TIMEOUT_MS,
    async () => {
      const drafted = await finance.json<Invoice>('/api/v1/invoices', { method: 'POST', body: { period } });
      seen = drafted.lines.reduce((sum, line) => sum + Number(line.charges), 0);
      return seen >= charges ? drafted : undefined;
    },
    () => `It has ${seen}.`,
  );
  let reason = '';
  return eventually(
    `the month ${period} final`,
    context,
    FINAL_TIMEOUT_MS,
    () =>
      finance.json<Invoice>(`/api/v1/invoices/${draft.id}/finalize`, { method: 'POST', body: {} }).catch((error: unknown) => {
        if (!(error instanceof RestError && error.status === 409)) throw error;
        reason = error.message;
        return undefined;
      }),
    () => reason,
  );
}

/** Puts the invoice's PDF into the demo's folder and returns its absolute path. */
export async function savePdf({ finance, outputFolder }: DemoContext, invoice: Invoice): Promise<string> {
  const pdf = await finance.bytes(`/api/v1/invoices/${invoice.id}.pdf`);
  if (pdf.subarray(0, 5).toString() !== '%PDF-') throw new Error(`the PDF of invoice ${invoice.number} is none`);
  const file = join(outputFolder, `${invoice.number ?? invoice.id}.pdf`);
  writeFileSync(file, pdf);
  return file;
}
