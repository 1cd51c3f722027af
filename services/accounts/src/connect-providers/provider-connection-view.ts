import type { ProviderConnectionEntity } from '../db/provider-connection.entity';
import { publicOrganizationId } from '../db/public-organization-id';
import type { ProviderConnectionView } from './provider-connection.schema';

/** A connection without its secret, in whatever form. */
export function providerConnectionView(entity: ProviderConnectionEntity): ProviderConnectionView {
  const { id, provider, name, baseUrl, allowUnknownModels, status, createdAt, updatedAt } = entity;
  const organizationId = publicOrganizationId(entity.organizationId);
  return {
    id,
    organizationId,
    provider,
    name,
    baseUrl,
    allowUnknownModels,
    status,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
