import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import { AccountsStore } from '../db/accounts-store';
import { ApiKeyEntity } from '../db/api-key.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { keyMessage } from '../publish-directory/directory-messages';
import { apiKeyView, keyStatus } from './api-key-view';
import type { IssuedApiKey } from './api-key.schema';
import { lockApiKey } from './find-api-keys';
import { KeyIssuer } from './key-issuer';

/** Replaces a key under the same id. The old one goes on for the overlap; one that an earlier rotation still let on ends now. */
@Injectable()
export class RotateApiKeyHandler {
  constructor(
    private readonly store: AccountsStore,
    private readonly issuer: KeyIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, organizationId: string, id: string, overlapSeconds: number): Promise<IssuedApiKey> {
    const nowMs = this.clock.now();
    return this.store.change(organizationId, async (manager) => {
      const entity = await lockApiKey(manager, organizationId, id);
      refuseUnlessActive(entity, nowMs);
      const before = apiKeyView(entity, nowMs);
      const { key, kept } = this.issuer.issue(entity.environment);
      entity.previousHash = overlapSeconds > 0 ? entity.hash : null;
      entity.previousHashExpiresAt = overlapSeconds > 0 ? new Date(nowMs + overlapSeconds * 1_000) : null;
      Object.assign(entity, kept, { updatedAt: new Date(nowMs) });
      const after = apiKeyView(entity, nowMs);
      await manager.save(ApiKeyEntity, entity, { reload: false });
      await recordAudit(
        manager,
        { organizationId, actor, action: 'api_key.rotated', entity: 'api_key', entityId: id, before, after },
        nowMs,
      );
      await writeOutbox(manager, [keyMessage(entity)]);
      return { ...after, key };
    });
  }
}

function refuseUnlessActive(key: ApiKeyEntity, nowMs: number): void {
  const status = keyStatus(key, nowMs);
  if (status === 'active') return;
  throw new Problem({
    status: 409,
    code: `key_${status}`,
    title: `The key is ${status}`,
    detail: `A key that is ${status} cannot be rotated.`,
    fix: 'Create a new key.',
  });
}
