import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { AccountsStore } from '../db/accounts-store';
import { recordAudit, type Actor } from '../db/record-audit';
import { fieldProblem } from '../http/field-problem';
import { connectionMessage } from '../publish-directory/directory-messages';
import { BaseUrlRules } from './base-url-rules';
import { lockConnection, saveUnlessNamed } from './connection-rows';
import { providerConnectionView } from './provider-connection-view';
import type { ProviderConnectionView, UpdateProviderConnection } from './provider-connection.schema';
import { SecretSealer } from './secret-sealer';

@Injectable()
export class UpdateConnectionHandler {
  constructor(
    private readonly store: AccountsStore,
    private readonly rules: BaseUrlRules,
    private readonly sealer: SecretSealer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(actor: Actor, organizationId: string, id: string, request: UpdateProviderConnection): Promise<ProviderConnectionView> {
    const { secret, baseUrl, ...plain } = request;
    const checkedUrl = baseUrl === undefined ? undefined : await this.rules.check(baseUrl);
    const nowMs = this.clock.now();
    return this.store.change(organizationId, async (manager) => {
      const connection = await lockConnection(manager, organizationId, id);
      const before = providerConnectionView(connection);
      if (checkedUrl !== undefined) {
        if (secret === undefined) refuseNewOrigin(connection.baseUrl, checkedUrl);
        connection.baseUrl = checkedUrl;
      }
      if (secret !== undefined) connection.encryptedSecret = this.sealer.seal(organizationId, id, secret);
      Object.assign(connection, plain, { updatedAt: new Date(nowMs) });
      const after = providerConnectionView(connection);
      await saveUnlessNamed(manager, connection);
      await recordAudit(
        manager,
        {
          organizationId,
          actor,
          action: 'provider_connection.changed',
          entity: 'provider_connection',
          entityId: id,
          before,
          after: { ...after, ...(secret === undefined ? {} : { secretChanged: true }) },
        },
        nowMs,
      );
      await writeOutbox(manager, [connectionMessage(connection)]);
      return after;
    });
  }
}

/** A secret that nobody can read must not be sent to a host of one's choice either: who names a new one names the secret again. */
function refuseNewOrigin(oldUrl: string, newUrl: string): void {
  if (new URL(oldUrl).origin === new URL(newUrl).origin) return;
  throw fieldProblem(
    'secret',
    'is missing: the base URL names another host, and the old secret is not sent there',
    'Send the secret together with the base URL.',
  );
}
