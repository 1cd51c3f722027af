import { topics } from '@tollgate/contracts';
import type { OutboxRecord } from '@tollgate/platform/database';
import type { ApiKeyEntity } from '../db/api-key.entity';
import { publicOrganizationId } from '../db/public-organization-id';
import type { OrganizationEntity } from '../db/organization.entity';
import type { ProjectEntity } from '../db/project.entity';
import type { ProviderConnectionEntity } from '../db/provider-connection.entity';

/** The newest state of an organisation, as the other services read it. */
export function organizationMessage(organization: OrganizationEntity): OutboxRecord {
  const { id, name, country, currency, timeZone, status, requiredTags, missingTags, vatId, legalName, addressLines } = organization;
  const value = topics.organizations.encode({
    id,
    name,
    country,
    currency,
    timeZone,
    status,
    requiredTags,
    missingTags,
    vatId,
    legalName,
    addressLines,
  });
  return { topic: topics.organizations.name, key: id, value };
}

export function projectMessage({ id, organizationId, slug, name, status }: ProjectEntity): OutboxRecord {
  return { topic: topics.projects.name, key: id, value: topics.projects.encode({ id, organizationId, slug, name, status }) };
}

/** A revoked key stays in the directory: a reader that knows it as revoked does not ask accounts about it again. */
export function keyMessage(key: ApiKeyEntity): OutboxRecord {
  const value = topics.keys.encode({
    id: key.id,
    organizationId: publicOrganizationId(key.organizationId) ?? '',
    name: key.name,
    hash: key.hash,
    previousHash: key.previousHash ?? '',
    previousHashExpiresAt: key.previousHashExpiresAt?.toISOString() ?? '',
    project: key.project ?? '',
    mayTagProject: key.mayTagProject,
    scopes: key.scopes,
    tags: key.tags,
    expiresAt: key.expiresAt?.toISOString() ?? '',
    status: key.revokedAt ? 'revoked' : 'active',
  });
  return { topic: topics.keys.name, key: key.id, value };
}

export function connectionMessage(connection: ProviderConnectionEntity): OutboxRecord {
  const { id, provider, name, baseUrl, encryptedSecret, allowUnknownModels, status } = connection;
  const organizationId = publicOrganizationId(connection.organizationId) ?? '';
  const value = topics.connections.encode({ id, organizationId, provider, name, baseUrl, encryptedSecret, allowUnknownModels, status });
  return { topic: topics.connections.name, key: id, value };
}

/** Deletes the connection, with its ciphertext, from every view and, once compacted, from the topic. */
export function connectionRemovedMessage(connectionId: string): OutboxRecord {
  return { topic: topics.connections.name, key: connectionId, value: null };
}
