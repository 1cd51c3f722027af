import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { notFound, Problem, type Caller } from '@tollgate/platform/http';
import { AccountsStore } from '../db/accounts-store';
import { OrganizationEntity } from '../db/organization.entity';
import { recordAudit } from '../db/record-audit';
import { organizationMessage } from '../publish-directory/directory-messages';
import { checkedVatId } from './checked-vat-id';
import { organizationView } from './organization-view';
import type { OrganizationView, UpdateOrganization } from './organization.schema';

/** These decide the tax on an invoice or whether the organisation may call at all, so its own admins don't change them. */
const OPERATOR_FIELDS = ['country', 'legalName', 'vatId', 'status'] as const;

@Injectable()
export class UpdateOrganizationHandler {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(caller: Caller, id: string, changes: UpdateOrganization): Promise<OrganizationView> {
    if (!caller.operator && caller.organizationId !== id) throw notFound('organization', id);
    if (!caller.operator) refuseOperatorFields(changes);
    const nowMs = this.clock.now();
    return this.store.change(id, async (manager) => {
      const organization = await manager.findOne(OrganizationEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!organization) throw notFound('organization', id);
      const before = organizationView(organization);
      const { currency: _fixedCurrency, timeZone: _fixedTimeZone, ...given } = changes;
      Object.assign(organization, given, { updatedAt: new Date(nowMs) });
      organization.vatId = checkedVatId(organization.vatId, organization.country);
      const after = organizationView(organization);
      await manager.save(OrganizationEntity, organization, { reload: false });
      await recordAudit(
        manager,
        { organizationId: id, actor: caller, action: 'organization.changed', entity: 'organization', entityId: id, before, after },
        nowMs,
      );
      await writeOutbox(manager, [organizationMessage(organization)]);
      return after;
    });
  }
}

function refuseOperatorFields(changes: UpdateOrganization): void {
  const refused = OPERATOR_FIELDS.filter((field) => changes[field] !== undefined);
  if (refused.length === 0) return;
  throw new Problem({
    status: 403,
    code: 'forbidden',
    title: 'Not allowed',
    detail: `Only the operator changes ${refused.join(', ')} of an organisation.`,
    fix: `Leave ${refused.join(', ')} out, or ask the operator.`,
  });
}
