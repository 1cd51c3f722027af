import { Inject, Injectable } from '@nestjs/common';
import { periodBounds } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import { SettingsStore } from '../billing-settings/settings-store';
import { OrganizationDirectory } from '../http/organization-directory';
import { findInvoice } from '../show-invoices/invoice-rows';
import type { InvoiceView } from '../show-invoices/invoice.schema';
import { composeDraft } from './compose-draft';
import { lockOrganization } from './open-accruals';

/** Drafts the invoice of a month from what has accrued so far; done again, it brings the same draft up to date. */
@Injectable()
export class DraftInvoiceHandler {
  constructor(
    private readonly database: TenantDatabase,
    private readonly settings: SettingsStore,
    private readonly organizations: OrganizationDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(organizationId: string, period: string): Promise<InvoiceView> {
    const organization = this.organizations.get(organizationId);
    const now = this.clock.now();
    if (periodBounds(period, organization.timeZone).start > now) throw notBegun(period);
    return this.database.run(organizationId, async (manager) => {
      await lockOrganization(manager, organizationId);
      const terms = await this.settings.read(manager, organizationId);
      const { id } = await composeDraft(manager, { organization, terms, period, now });
      return (await findInvoice(manager, organizationId, id))!;
    });
  }
}

function notBegun(period: string): Problem {
  return new Problem({
    status: 400,
    code: 'month_not_begun',
    title: 'The month has not begun',
    detail: `${period} lies in the future.`,
    fix: 'Name the current month or an earlier one.',
  });
}
