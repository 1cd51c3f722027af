import { Body, Controller, Get, HttpCode, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { isPeriod } from '@tollgate/domain';
import { TenantDatabase } from '@tollgate/platform/database';
import {
  CurrentCaller,
  CurrentOrganization,
  Idempotent,
  IdParam,
  RequireScope,
  decodeCursor,
  notFound,
  page,
  pageQuery,
  type Caller,
} from '@tollgate/platform/http';
import { ZodResponse, createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { DraftInvoiceHandler } from '../draft-invoices/draft-invoice.handler';
import { FinalizeInvoiceHandler } from '../finalize-invoices/finalize-invoice.handler';
import { PdfRenderer } from '../render-pdf/pdf-renderer';
import { invoiceCsv } from './invoice-csv';
import { findInvoice, listInvoices } from './invoice-rows';
import { invoice, invoiceSummary, type InvoiceView } from './invoice.schema';
import { chargesOfLine } from './line-charges';

const month = z.string().refine(isPeriod, 'is not a month such as 2026-10');
const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ data: z.array(row), next: z.string().nullable().describe('cursor of the next page') });
const listCursor = z.object({ period: month, id: z.uuid() });

export class DraftInvoiceBody extends createZodDto(z.strictObject({ period: month.meta({ example: '2026-10' }) })) {}
export class FinalizeInvoiceBody extends createZodDto(
  z.strictObject({
    force: z.boolean().optional().describe('finalises although the month is not final'),
    reason: z.string().trim().max(500).optional().describe('why; kept with the invoice'),
  }),
) {}
export class InvoiceQuery extends createZodDto(
  pageQuery.extend({ period: month.optional(), status: z.enum(['draft', 'finalized']).optional() }),
) {}
export class ChargesQuery extends createZodDto(pageQuery) {}
export class Invoice extends createZodDto(invoice) {}
export class InvoicePage extends createZodDto(pageOf(invoiceSummary)) {}
export class LineChargesPage extends createZodDto(pageOf(z.object({ id: z.uuid() }))) {}

@ApiTags('Invoices')
@Controller('api/v1/invoices')
export class InvoicesController {
  constructor(
    private readonly database: TenantDatabase,
    private readonly drafter: DraftInvoiceHandler,
    private readonly finalizer: FinalizeInvoiceHandler,
    private readonly renderer: PdfRenderer,
  ) {}

  @Post()
  @RequireScope('billing:write')
  @Idempotent()
  @ApiOperation({ summary: 'Draft the invoice of a month', description: 'Done again, it brings the same draft up to date.' })
  @ZodResponse({ status: 201, type: Invoice })
  draft(@CurrentOrganization() organizationId: string, @Body() { period }: DraftInvoiceBody) {
    return this.drafter.run(organizationId, period);
  }

  @Get()
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'List invoices, the newest month first' })
  @ZodResponse({ status: 200, type: InvoicePage })
  async list(@CurrentOrganization() organizationId: string, @Query() { cursor, limit, period, status }: InvoiceQuery) {
    const after = decodeCursor(cursor, listCursor);
    const rows = await this.database.run(organizationId, (manager) =>
      listInvoices(manager, organizationId, { period, status, after }, limit + 1),
    );
    return page(rows, limit, (last) => ({ period: last.period, id: last.id }));
  }

  @Get(':id.csv')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: "An invoice's lines as CSV, with exact and rounded amounts" })
  @ApiProduces('text/csv')
  async csv(@CurrentOrganization() organizationId: string, @IdParam('invoice') id: string): Promise<StreamableFile> {
    const found = await this.find(organizationId, id);
    return file(Buffer.from(invoiceCsv(found)), found, 'csv', 'text/csv; charset=utf-8');
  }

  @Get(':id.pdf')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'An invoice as PDF' })
  @ApiProduces('application/pdf')
  async pdf(@CurrentOrganization() organizationId: string, @IdParam('invoice') id: string): Promise<StreamableFile> {
    const found = await this.find(organizationId, id);
    return file(this.renderer.render(found), found, 'pdf', 'application/pdf');
  }

  @Get(':id')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'Show an invoice with its lines' })
  @ZodResponse({ status: 200, type: Invoice })
  show(@CurrentOrganization() organizationId: string, @IdParam('invoice') id: string) {
    return this.find(organizationId, id);
  }

  @Get(':id/lines/:lineId/charges')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'List the charges that an invoice line is made of' })
  @ZodResponse({ status: 200, type: LineChargesPage })
  async charges(
    @CurrentOrganization() organizationId: string,
    @IdParam('invoice') invoiceId: string,
    @IdParam('invoice line', 'lineId') lineId: string,
    @Query() { cursor, limit }: ChargesQuery,
  ) {
    const after = decodeCursor(cursor, z.uuid());
    const rows = await this.database.run(organizationId, (manager) =>
      chargesOfLine(manager, organizationId, { invoiceId, lineId, after }, limit + 1),
    );
    return page(rows, limit, (last) => last.id);
  }

  @Post(':id/finalize')
  @HttpCode(200)
  @RequireScope('billing:write')
  @ApiOperation({
    summary: 'Finalise an invoice',
    description:
      'For good: it gets its number, and what is charged for its month from then on is an adjustment on the next one. 409 while the month is not final.',
  })
  @ZodResponse({ status: 200, type: Invoice })
  finalize(
    @CurrentCaller() caller: Caller,
    @CurrentOrganization() organizationId: string,
    @IdParam('invoice') id: string,
    @Body() body: FinalizeInvoiceBody,
  ) {
    return this.finalizer.run(caller, organizationId, id, body);
  }

  private async find(organizationId: string, id: string): Promise<InvoiceView> {
    const found = await this.database.run(organizationId, (manager) => findInvoice(manager, organizationId, id));
    if (!found) throw notFound('invoice', id);
    return found;
  }
}

function file(bytes: Buffer, { number, period }: InvoiceView, extension: string, type: string): StreamableFile {
  const name = `${number ?? `draft-${period}`}.${extension}`;
  return new StreamableFile(bytes, { type, disposition: `inline; filename="${name}"`, length: bytes.length });
}
