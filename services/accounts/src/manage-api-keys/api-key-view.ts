import type { ApiKeyEntity } from '../db/api-key.entity';
import { publicOrganizationId } from '../db/public-organization-id';
import type { ApiKeyView } from './api-key.schema';

/** What may be shown of a key: neither the key nor its hashes. */
export function apiKeyView(entity: ApiKeyEntity, nowMs: number): ApiKeyView {
  const overlaps = entity.previousHashExpiresAt !== null && entity.previousHashExpiresAt.getTime() > nowMs;
  return {
    id: entity.id,
    organizationId: publicOrganizationId(entity.organizationId),
    name: entity.name,
    prefix: entity.prefix,
    environment: entity.environment,
    project: entity.project,
    mayTagProject: entity.mayTagProject,
    scopes: entity.scopes as ApiKeyView['scopes'],
    tags: entity.tags,
    status: keyStatus(entity, nowMs),
    expiresAt: entity.expiresAt?.toISOString() ?? null,
    previousKeyExpiresAt: overlaps ? (entity.previousHashExpiresAt?.toISOString() ?? null) : null,
    revokedAt: entity.revokedAt?.toISOString() ?? null,
    createdAt: entity.createdAt.toISOString(),
    updatedAt: entity.updatedAt.toISOString(),
  };
}

export function keyStatus(key: Pick<ApiKeyEntity, 'revokedAt' | 'expiresAt'>, nowMs: number): 'active' | 'revoked' | 'expired' {
  if (key.revokedAt) return 'revoked';
  return key.expiresAt && key.expiresAt.getTime() <= nowMs ? 'expired' : 'active';
}
