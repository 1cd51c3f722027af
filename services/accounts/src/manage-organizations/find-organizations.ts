import { Injectable } from '@nestjs/common';
import { NO_ORGANIZATION } from '@tollgate/platform/database';
import { notFound, type Caller } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { OrganizationEntity } from '../db/organization.entity';
import { organizationView } from './organization-view';
import type { OrganizationView } from './organization.schema';

@Injectable()
export class OrganizationFinder {
  constructor(private readonly store: AccountsStore) {}

  /** One organisation: any for the operator, a member's own. */
  async one(caller: Caller, id: string): Promise<OrganizationView> {
    if (!caller.operator && caller.organizationId !== id) throw notFound('organization', id);
    const found = await this.store.read(id, (manager) => findOrganization(manager, id));
    if (!found) throw notFound('organization', id);
    return organizationView(found);
  }

  /** Up to `size` organisations with ids after the given one; a member sees its own alone, as does an operator that names one. */
  async some(caller: Caller, after: string | undefined, size: number): Promise<OrganizationView[]> {
    const { organizationId } = caller;
    if (organizationId === null)
      return (await this.store.read(NO_ORGANIZATION, (manager) => listAll(manager, after, size))).map(organizationView);
    if (after !== undefined && after >= organizationId) return [];
    const own = await this.store.read(organizationId, (manager) => findOrganization(manager, organizationId));
    return own ? [organizationView(own)] : [];
  }
}

export function findOrganization(manager: EntityManager, id: string): Promise<OrganizationEntity | null> {
  return manager.findOneBy(OrganizationEntity, { id });
}

/** 404 when an operator names an organisation that does not exist, before anything is written for it. */
export async function requireOrganization(manager: EntityManager, id: string): Promise<void> {
  if (id !== NO_ORGANIZATION && !(await findOrganization(manager, id))) throw notFound('organization', id);
}

async function listAll(manager: EntityManager, after: string | undefined, size: number): Promise<OrganizationEntity[]> {
  const rows: unknown = await manager.query(
    `SELECT id, name, legal_name AS "legalName", country, currency, time_zone AS "timeZone", status, required_tags AS "requiredTags",
            missing_tags AS "missingTags", vat_id AS "vatId", address_lines AS "addressLines", created_at AS "createdAt", updated_at AS "updatedAt"
     FROM list_organizations($1, $2)`,
    [after ?? null, size],
  );
  return rows as OrganizationEntity[];
}
