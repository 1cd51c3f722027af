import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, TenantDatabase } from '@tollgate/platform/database';
import { Problem, type Caller } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { OrganizationDirectory } from '../http/organization-directory';
import type { BillingSettings, ChangeBillingSettings } from './billing-settings.schema';
import { SettingsStore, customerOf } from './settings-store';

/** Shows and changes billing settings: an organisation's own, or an operator's that hold for all. */
@Injectable()
export class ChangeSettingsHandler {
  constructor(
    private readonly database: TenantDatabase,
    private readonly settings: SettingsStore,
    private readonly organizations: OrganizationDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async show(caller: Caller): Promise<BillingSettings> {
    return this.database.run(scopeOf(caller), (manager) => this.view(manager, caller));
  }

  async change(caller: Caller, change: ChangeBillingSettings): Promise<BillingSettings> {
    refuseWhatOnlyOperatorsSet(caller, change);
    const now = new Date(this.clock.now());
    return this.database.run(scopeOf(caller), async (manager) => {
      if (caller.organizationId !== null) {
        await this.settings.changeOwn(manager, this.organizations.get(caller.organizationId).id, change, now);
      } else {
        const terms = await this.settings.read(manager, NO_ORGANIZATION);
        if (!terms.seller && !change.seller) throw sellerFirst();
        await this.settings.changeSeller(manager, terms, change, now);
      }
      return this.view(manager, caller);
    });
  }

  private async view(manager: EntityManager, caller: Caller): Promise<BillingSettings> {
    const terms = await this.settings.read(manager, scopeOf(caller));
    return { ...terms, customer: caller.organizationId === null ? null : customerOf(this.organizations.get(caller.organizationId)) };
  }
}

/** An operator that names no organisation means the settings that hold by default. */
function scopeOf(caller: Caller): string {
  return caller.organizationId ?? NO_ORGANIZATION;
}

function refuseWhatOnlyOperatorsSet(caller: Caller, change: ChangeBillingSettings): void {
  if (change.seller && caller.organizationId !== null) {
    throw forbidden('The seller is one for the installation.', 'Ask with an operator key and without naming an organisation.');
  }
  if (change.paymentTermsDays !== undefined && !caller.operator) {
    throw forbidden('The terms of payment are set by the seller.', 'Ask the operator to change them.');
  }
  if (change.purchaseOrder !== undefined && caller.organizationId === null) {
    throw new Problem({
      status: 400,
      code: 'organization_required',
      title: 'Which organisation?',
      detail: "purchaseOrder is an organisation's own.",
      fix: 'Name the organisation.',
    });
  }
}

function forbidden(detail: string, fix: string): Problem {
  return new Problem({ status: 403, code: 'operator_only', title: 'Only an operator may do this', detail, fix });
}

function sellerFirst(): Problem {
  return new Problem({
    status: 409,
    code: 'seller_unknown',
    title: 'The seller is not known',
    detail: 'There is no seller yet whose terms could be changed.',
    fix: 'Send `seller` along, or set TOLLGATE_SELLER_NAME, TOLLGATE_SELLER_ADDRESS and TOLLGATE_SELLER_COUNTRY.',
  });
}
