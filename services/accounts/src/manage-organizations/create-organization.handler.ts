import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { AccountsStore } from '../db/accounts-store';
import { ApiKeyEntity } from '../db/api-key.entity';
import { orderedId } from '../db/ordered-id';
import { OrganizationEntity } from '../db/organization.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { apiKeyView } from '../manage-api-keys/api-key-view';
import { KeyIssuer } from '../manage-api-keys/key-issuer';
import { keyMessage, organizationMessage } from '../publish-directory/directory-messages';
import { checkedVatId } from './checked-vat-id';
import { organizationView } from './organization-view';
import type { CreateOrganization, OrganizationView } from './organization.schema';
import { parseTimeZone } from './time-zone';

/** Makes an organisation together with its first key, so that nobody has to act for it afterwards. */
@Injectable()
export class CreateOrganizationHandler {
  constructor(
    private readonly store: AccountsStore,
    private readonly issuer: KeyIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, request: CreateOrganization): Promise<OrganizationView & { adminKey: string }> {
    const nowMs = this.clock.now();
    const now = new Date(nowMs);
    const organization: OrganizationEntity = {
      ...request,
      id: orderedId(nowMs),
      legalName: request.legalName ?? request.name,
      timeZone: parseTimeZone(request.timeZone) ?? request.timeZone,
      vatId: checkedVatId(request.vatId, request.country),
      status: 'active',
      createdAt: now,
      updatedAt: now,
    };
    const { key, kept } = this.issuer.issue('live');
    const adminKey: ApiKeyEntity = {
      ...kept,
      id: orderedId(nowMs),
      organizationId: organization.id,
      name: 'First admin key',
      previousHash: null,
      previousHashExpiresAt: null,
      project: null,
      mayTagProject: false,
      scopes: ['admin'],
      tags: {},
      expiresAt: null,
      revokedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const view = organizationView(organization);
    const told = { organizationId: organization.id, actor };
    await this.store.change(organization.id, async (manager) => {
      await manager.insert(OrganizationEntity, organization);
      await manager.insert(ApiKeyEntity, adminKey);
      await recordAudit(
        manager,
        { ...told, action: 'organization.created', entity: 'organization', entityId: organization.id, after: view },
        nowMs,
      );
      await recordAudit(
        manager,
        { ...told, action: 'api_key.created', entity: 'api_key', entityId: adminKey.id, after: apiKeyView(adminKey, nowMs) },
        nowMs,
      );
      await writeOutbox(manager, [organizationMessage(organization), keyMessage(adminKey)]);
    });
    return { ...view, adminKey: key };
  }
}
