import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { AccountsStore } from '../db/accounts-store';
import { ProviderConnectionEntity } from '../db/provider-connection.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { connectionRemovedMessage } from '../publish-directory/directory-messages';
import { lockConnection } from './connection-rows';
import { providerConnectionView } from './provider-connection-view';

/** Removes a connection with its secret; the audit log keeps that it was. */
@Injectable()
export class RemoveConnectionHandler {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, organizationId: string, id: string): Promise<void> {
    await this.store.change(organizationId, async (manager) => {
      const connection = await lockConnection(manager, organizationId, id);
      await manager.delete(ProviderConnectionEntity, { id, organizationId });
      await recordAudit(
        manager,
        {
          organizationId,
          actor,
          action: 'provider_connection.removed',
          entity: 'provider_connection',
          entityId: id,
          before: providerConnectionView(connection),
        },
        this.clock.now(),
      );
      await writeOutbox(manager, [connectionRemovedMessage(id)]);
    });
  }
}
