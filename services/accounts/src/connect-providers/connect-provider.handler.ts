import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { writeOutbox } from '@tollgate/platform/database';
import { AccountsStore } from '../db/accounts-store';
import { orderedId } from '../db/ordered-id';
import { ProviderConnectionEntity } from '../db/provider-connection.entity';
import { recordAudit, type Actor } from '../db/record-audit';
import { fieldProblem } from '../http/field-problem';
import { requireOrganization } from '../manage-organizations/find-organizations';
import { connectionMessage } from '../publish-directory/directory-messages';
import { BaseUrlRules } from './base-url-rules';
import { insertUnlessNamed } from './connection-rows';
import { defaultBaseUrl } from './known-providers';
import { providerConnectionView } from './provider-connection-view';
import type { ConnectProvider, ProviderConnectionView } from './provider-connection.schema';
import { SecretSealer } from './secret-sealer';

@Injectable()
export class ConnectProviderHandler {
  constructor(
    private readonly store: AccountsStore,
    private readonly rules: BaseUrlRules,
    private readonly sealer: SecretSealer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `organizationId` is `NO_ORGANIZATION` for a shared connection. */
  async run(actor: Actor, organizationId: string, request: ConnectProvider): Promise<ProviderConnectionView> {
    const { provider, name, baseUrl, secret, allowUnknownModels } = request;
    const url = baseUrl === undefined ? knownBaseUrl(provider) : await this.rules.check(baseUrl);
    const nowMs = this.clock.now();
    const id = orderedId(nowMs);
    const connection: ProviderConnectionEntity = {
      id,
      organizationId,
      provider,
      name: name ?? provider,
      baseUrl: url,
      encryptedSecret: this.sealer.seal(organizationId, id, secret),
      allowUnknownModels,
      status: 'active',
      createdAt: new Date(nowMs),
      updatedAt: new Date(nowMs),
    };
    const view = providerConnectionView(connection);
    await this.store.change(organizationId, async (manager) => {
      await requireOrganization(manager, organizationId);
      await insertUnlessNamed(manager, connection);
      await recordAudit(
        manager,
        { organizationId, actor, action: 'provider_connection.created', entity: 'provider_connection', entityId: id, after: view },
        nowMs,
      );
      await writeOutbox(manager, [connectionMessage(connection)]);
    });
    return view;
  }
}

function knownBaseUrl(provider: string): string {
  const url = defaultBaseUrl(provider);
  if (url !== undefined) return url;
  throw fieldProblem(
    'baseUrl',
    `is missing: ${provider} has no address of its own here`,
    'Send the base URL that the vendor’s own SDK takes.',
  );
}
