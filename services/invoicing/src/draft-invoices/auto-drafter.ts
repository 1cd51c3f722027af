import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { periodBounds } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { ConsumerDatabase, TenantDatabase } from '@tollgate/platform/database';
import { createLogger } from '@tollgate/platform/observability';
import { SettingsStore } from '../billing-settings/settings-store';
import { OrganizationDirectory } from '../http/organization-directory';
import { DraftInvoiceHandler } from './draft-invoice.handler';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Months with charges that have no invoice yet and do not wait for a later one; oldest first. */
const WITHOUT_INVOICE = `SELECT a.organization_id, a.period FROM accruals a
  WHERE a.charges > 0
    AND NOT EXISTS (SELECT FROM invoices i WHERE i.organization_id = a.organization_id AND (i.period = a.period OR (i.period > a.period AND i.status = 'finalized')))
  GROUP BY a.organization_id, a.period ORDER BY a.organization_id, a.period LIMIT 1000`;

/** Drafts each organisation's invoice once its month and the grace time are over. Two processes that do so at once write the same draft. */
@Injectable()
export class AutoDrafter implements OnModuleInit, OnModuleDestroy {
  readonly #logger = createLogger('invoicing');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly consumers: ConsumerDatabase,
    private readonly tenants: TenantDatabase,
    private readonly settings: SettingsStore,
    private readonly organizations: OrganizationDirectory,
    private readonly drafts: DraftInvoiceHandler,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      this.#running = this.draftDue().catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'drafting failed; tried again in a minute'),
      );
    }, EVERY_MS);
    this.#timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Drafts what is due now; returns how many. One organisation's failure does not keep the others from theirs. */
  async draftDue(): Promise<number> {
    const { rows } = await this.consumers.query<{ organization_id: string; period: string }>(WITHOUT_INVOICE);
    let drafted = 0;
    for (const { organization_id: organizationId, period } of rows) {
      try {
        if (!(await this.#isDue(organizationId, period))) continue;
        await this.drafts.run(organizationId, period);
        drafted += 1;
      } catch (error) {
        this.#logger.warn({ err: error, organizationId, period }, 'an invoice could not be drafted; tried again in a minute');
      }
    }
    return drafted;
  }

  async #isDue(organizationId: string, period: string): Promise<boolean> {
    const organization = this.organizations.find(organizationId);
    if (!organization) return false;
    const { graceHours } = await this.tenants.run(organizationId, (manager) => this.settings.read(manager, organizationId));
    return this.clock.now() >= periodBounds(period, organization.timeZone).end + graceHours * HOUR_MS;
  }
}
