import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { notFound } from '@tollgate/platform/http';
import { MoreThan, type EntityManager } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { ApiKeyEntity } from '../db/api-key.entity';
import { apiKeyView } from './api-key-view';
import type { ApiKeyView } from './api-key.schema';

@Injectable()
export class ApiKeyFinder {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async one(organizationId: string, id: string): Promise<ApiKeyView> {
    const key = await this.store.read(organizationId, (manager) => manager.findOneBy(ApiKeyEntity, { id, organizationId }));
    if (!key) throw notFound('API key', id);
    return apiKeyView(key, this.clock.now());
  }

  /** Up to `size` keys in the order of creation, with ids after the given one. */
  async some(organizationId: string, after: string | undefined, size: number): Promise<ApiKeyView[]> {
    const where = { organizationId, ...(after === undefined ? {} : { id: MoreThan(after) }) };
    const found = await this.store.read(organizationId, (manager) =>
      manager.find(ApiKeyEntity, { where, order: { id: 'ASC' }, take: size }),
    );
    return found.map((key) => apiKeyView(key, this.clock.now()));
  }
}

/** The key, locked until the transaction ends, so that two changes of it follow one another in the directory too. */
export async function lockApiKey(manager: EntityManager, organizationId: string, id: string): Promise<ApiKeyEntity> {
  const key = await manager.findOne(ApiKeyEntity, { where: { id, organizationId }, lock: { mode: 'pessimistic_write' } });
  if (!key) throw notFound('API key', id);
  return key;
}
