import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { AccountsStore } from '../db/accounts-store';
import { ApiKeyEntity } from '../db/api-key.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { keyMessage } from '../publish-directory/directory-messages';
import { apiKeyView } from './api-key-view';
import { lockApiKey } from './find-api-keys';

/** Ends a key for good, and with it the one that a rotation let on. A second time changes nothing. */
@Injectable()
export class RevokeApiKeyHandler {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, organizationId: string, id: string): Promise<void> {
    const nowMs = this.clock.now();
    await this.store.change(organizationId, async (manager) => {
      const entity = await lockApiKey(manager, organizationId, id);
      if (entity.revokedAt) return;
      const before = apiKeyView(entity, nowMs);
      Object.assign(entity, { revokedAt: new Date(nowMs), updatedAt: new Date(nowMs), previousHash: null, previousHashExpiresAt: null });
      const after = apiKeyView(entity, nowMs);
      await manager.save(ApiKeyEntity, entity, { reload: false });
      await recordAudit(
        manager,
        { organizationId, actor, action: 'api_key.revoked', entity: 'api_key', entityId: id, before, after },
        nowMs,
      );
      await writeOutbox(manager, [keyMessage(entity)]);
    });
  }
}
