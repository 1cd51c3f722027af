import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { displayPrefix, parseApiKey } from '@tollgate/platform/api-key';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, writeOutbox } from '@tollgate/platform/database';
import { Readiness } from '@tollgate/platform/http';
import { createLogger } from '@tollgate/platform/observability';
import type { EntityManager } from 'typeorm';
import { ACCOUNTS_CONFIG, type AccountsConfig } from '../accounts.config';
import { AccountsStore } from '../db/accounts-store';
import { ApiKeyEntity } from '../db/api-key.entity';
import { recordAudit, SYSTEM } from '../db/record-audit';
import { apiKeyView } from '../manage-api-keys/api-key-view';
import { KeyIssuer } from '../manage-api-keys/key-issuer';
import { keyMessage } from '../publish-directory/directory-messages';

/** The bootstrap key is one row for ever, so that another key in the environment replaces the one before. */
const BOOTSTRAP_KEY_ID = '00000000-0000-7000-8000-000000000001';
const RETRY_MS = 1_000;

/**
 * Makes the key of `TOLLGATE_BOOTSTRAP_OPERATOR_KEY` valid with the scope operator: the first key, which every other one descends from. Repeating it
 * changes nothing, a revoked one stays revoked, and PostgreSQL may come later than this process.
 */
@Injectable()
export class BootstrapOperator implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = createLogger('bootstrap-operator');
  #done = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: AccountsStore,
    private readonly issuer: KeyIssuer,
    private readonly readiness: Readiness,
    @Inject(ACCOUNTS_CONFIG) private readonly config: AccountsConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const key = this.config.TOLLGATE_BOOTSTRAP_OPERATOR_KEY;
    if (key === undefined) return;
    this.readiness.add('bootstrap-operator', () => this.#done);
    void this.#attempt(key);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#retry);
  }

  async #attempt(key: string): Promise<void> {
    try {
      await this.store.change(NO_ORGANIZATION, (manager) => this.#ensure(manager, key));
      this.#done = true;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the bootstrap operator key could not be stored yet');
      this.#retry = setTimeout(() => void this.#attempt(key), RETRY_MS);
    }
  }

  async #ensure(manager: EntityManager, key: string): Promise<void> {
    const hash = this.issuer.hash(key);
    // Two processes that start at once take turns.
    await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [BOOTSTRAP_KEY_ID]);
    const known = await manager.findOneBy(ApiKeyEntity, { id: BOOTSTRAP_KEY_ID });
    if (known?.hash === hash) return;
    const nowMs = this.clock.now();
    const entity: ApiKeyEntity = {
      id: BOOTSTRAP_KEY_ID,
      organizationId: NO_ORGANIZATION,
      name: 'Bootstrap operator key',
      environment: parseApiKey(key)?.environment ?? 'live',
      prefix: displayPrefix(key),
      hash,
      previousHash: null,
      previousHashExpiresAt: null,
      project: null,
      mayTagProject: false,
      scopes: ['operator'],
      tags: {},
      expiresAt: null,
      revokedAt: null,
      createdAt: known?.createdAt ?? new Date(nowMs),
      updatedAt: new Date(nowMs),
    };
    await manager.save(ApiKeyEntity, entity, { reload: false });
    await recordAudit(
      manager,
      {
        organizationId: NO_ORGANIZATION,
        actor: SYSTEM,
        action: known ? 'api_key.rotated' : 'api_key.created',
        entity: 'api_key',
        entityId: BOOTSTRAP_KEY_ID,
        before: known ? apiKeyView(known, nowMs) : undefined,
        after: apiKeyView(entity, nowMs),
      },
      nowMs,
    );
    await writeOutbox(manager, [keyMessage(entity)]);
  }
}
