import { Inject, Injectable } from '@nestjs/common';
import { topics } from '@tollgate/contracts';
import { localDate } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { OutboxRelay, TenantDatabase, writeOutbox } from '@tollgate/platform/database';
import { notFound, type Caller } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { SettingsStore } from '../billing-settings/settings-store';
import { composeDraft, type WrittenDraft } from '../draft-invoices/compose-draft';
import { lockOrganization } from '../draft-invoices/open-accruals';
import { OrganizationDirectory } from '../http/organization-directory';
import { findInvoice } from '../show-invoices/invoice-rows';
import type { InvoiceView } from '../show-invoices/invoice.schema';
import { earlierMonthsOpen, nothingToInvoice, reasonMissing, sellerUnknown } from './finalize-problems';
import { MonthFinality } from './month-finality';

const DAY_MS = 86_400_000;
const FINALIZE = 'SELECT finalize_invoice($1, $2, $3, $4, $5, $6, $7) AS number';

/** How a finalisation was asked for. */
export interface FinalizeRequest {
  readonly force?: boolean | undefined;
  readonly reason?: string | undefined;
}

/**
 * Finalises a draft, for good: what has accrued by now becomes its lines, it gets the next number, and invoice.finalized is published. All of it commits in
 * one transaction, during which nothing accrues for the organisation. Asked again, it answers with the invoice as it is.
 */
@Injectable()
export class FinalizeInvoiceHandler {
  constructor(
    private readonly database: TenantDatabase,
    private readonly settings: SettingsStore,
    private readonly organizations: OrganizationDirectory,
    private readonly finality: MonthFinality,
    private readonly relay: OutboxRelay,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(caller: Caller, organizationId: string, invoiceId: string, request: FinalizeRequest): Promise<InvoiceView> {
    const { draft, terms } = await this.database.run(organizationId, async (manager) => ({
      draft: await findInvoice(manager, organizationId, invoiceId),
      terms: await this.settings.read(manager, organizationId),
    }));
    if (!draft) throw notFound('invoice', invoiceId);
    if (draft.status === 'finalized') return draft;
    const forcedReason = request.force ? request.reason?.trim() || null : null;
    if (request.force && !forcedReason) throw reasonMissing();
    if (!request.force) await this.finality.require({ organizationId, period: draft.period, graceHours: terms.graceHours });
    const invoice = await this.database.run(organizationId, async (manager) => {
      await lockOrganization(manager, organizationId);
      // Another call may have finalised it since.
      const current = await findInvoice(manager, organizationId, invoiceId);
      if (current?.status === 'finalized') return current;
      return this.finalize(manager, organizationId, draft.period, caller.keyId, forcedReason);
    });
    this.relay.nudge();
    return invoice;
  }

  private async finalize(
    manager: EntityManager,
    organizationId: string,
    period: string,
    by: string,
    forcedReason: string | null,
  ): Promise<InvoiceView> {
    const organization = this.organizations.get(organizationId);
    const now = this.clock.now();
    const terms = await this.settings.read(manager, organizationId);
    const draft = await composeDraft(manager, { organization, terms, period, now });
    if (!draft.seller) throw sellerUnknown();
    if (draft.monthsBefore.length > 0) throw earlierMonthsOpen(period, draft.monthsBefore);
    if (draft.composed.lines.length === 0) throw nothingToInvoice(period);
    const issuedOn = localDate(now, draft.seller.timeZone);
    const dueOn = localDate(Date.parse(`${issuedOn}T00:00:00Z`) + terms.paymentTermsDays * DAY_MS, 'UTC');
    const [row] = (await manager.query(FINALIZE, [draft.id, draft.seller.series, issuedOn, dueOn, new Date(now), by, forcedReason])) as {
      number: string;
    }[];
    await writeOutbox(manager, [finalizedMessage(draft, row!.number, now)]);
    return (await findInvoice(manager, organizationId, draft.id))!;
  }
}

function finalizedMessage(draft: WrittenDraft, number: string, now: number) {
  const { net, tax, total } = draft.composed;
  return {
    topic: topics.invoiceFinalized.name,
    key: draft.id,
    value: topics.invoiceFinalized.encode({
      invoiceId: draft.id,
      organizationId: draft.organizationId,
      number,
      period: draft.period,
      currency: draft.currency,
      net: net.toString(),
      tax: tax.toString(),
      total: total.toString(),
      finalizedAt: new Date(now).toISOString(),
    }),
  };
}
