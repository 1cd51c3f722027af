import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, writeOutbox } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { ApiKeyEntity } from '../db/api-key.entity';
import { orderedId } from '../db/ordered-id';
import { recordAudit, type Actor } from '../db/record-audit';
import { fieldProblem } from '../http/field-problem';
import { requireOrganization } from '../manage-organizations/find-organizations';
import { findProject } from '../manage-projects/find-projects';
import { keyMessage } from '../publish-directory/directory-messages';
import { apiKeyView } from './api-key-view';
import type { CreateApiKey, IssuedApiKey } from './api-key.schema';
import { assertKeyIsSound } from './key-rules';
import { KeyIssuer } from './key-issuer';

@Injectable()
export class CreateApiKeyHandler {
  constructor(
    private readonly store: AccountsStore,
    private readonly issuer: KeyIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `organizationId` is `NO_ORGANIZATION` for a key of the operator. */
  async run(actor: Actor, organizationId: string, request: CreateApiKey): Promise<IssuedApiKey> {
    const nowMs = this.clock.now();
    assertKeyIsSound(request, organizationId === NO_ORGANIZATION, nowMs);
    const { key, kept } = this.issuer.issue(request.environment);
    const entity: ApiKeyEntity = {
      ...kept,
      id: orderedId(nowMs),
      organizationId,
      name: request.name,
      previousHash: null,
      previousHashExpiresAt: null,
      project: request.project ?? null,
      mayTagProject: request.mayTagProject,
      scopes: [...request.scopes],
      tags: request.tags,
      expiresAt: request.expiresAt === undefined ? null : new Date(request.expiresAt),
      revokedAt: null,
      createdAt: new Date(nowMs),
      updatedAt: new Date(nowMs),
    };
    const view = apiKeyView(entity, nowMs);
    await this.store.change(organizationId, async (manager) => {
      await requireOrganization(manager, organizationId);
      await requireProject(manager, organizationId, 'project', request.project);
      await requireProject(manager, organizationId, 'tags.project', request.tags['project']);
      await manager.insert(ApiKeyEntity, entity);
      await recordAudit(
        manager,
        { organizationId, actor, action: 'api_key.created', entity: 'api_key', entityId: entity.id, after: view },
        nowMs,
      );
      await writeOutbox(manager, [keyMessage(entity)]);
    });
    return { ...view, key };
  }
}

async function requireProject(manager: EntityManager, organizationId: string, field: string, slug: string | undefined): Promise<void> {
  if (slug === undefined) return;
  const project = await findProject(manager, organizationId, slug);
  if (!project)
    throw fieldProblem(
      field,
      `names no project: there is no ${JSON.stringify(slug)}`,
      'Create the project first, or name one that exists.',
    );
  if (project.status === 'active') return;
  throw new Problem({
    status: 409,
    code: 'project_archived',
    title: 'The project is archived',
    detail: `The project ${slug} takes no new calls, so no key can be made for it.`,
    fix: `Reactivate it with PATCH /api/v1/projects/${slug} {"status":"active"}, or name another.`,
  });
}
