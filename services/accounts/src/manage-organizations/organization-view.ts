import type { OrganizationEntity } from '../db/organization.entity';
import type { OrganizationView } from './organization.schema';

export function organizationView(entity: OrganizationEntity): OrganizationView {
  return {
    id: entity.id,
    name: entity.name,
    legalName: entity.legalName,
    country: entity.country,
    currency: entity.currency,
    timeZone: entity.timeZone,
    status: entity.status,
    requiredTags: entity.requiredTags,
    missingTags: entity.missingTags,
    vatId: entity.vatId === '' ? null : entity.vatId,
    addressLines: entity.addressLines,
    createdAt: entity.createdAt.toISOString(),
    updatedAt: entity.updatedAt.toISOString(),
  };
}
