import { Injectable } from '@nestjs/common';
import { notFound } from '@tollgate/platform/http';
import { MoreThan } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { ProviderConnectionEntity } from '../db/provider-connection.entity';
import { providerConnectionView } from './provider-connection-view';
import type { ProviderConnectionView } from './provider-connection.schema';

@Injectable()
export class ConnectionFinder {
  constructor(private readonly store: AccountsStore) {}

  async one(organizationId: string, id: string): Promise<ProviderConnectionView> {
    const found = await this.store.read(organizationId, (manager) => manager.findOneBy(ProviderConnectionEntity, { id, organizationId }));
    if (!found) throw notFound('provider connection', id);
    return providerConnectionView(found);
  }

  /** Up to `size` connections in the order of creation, with ids after the given one. */
  async some(organizationId: string, after: string | undefined, size: number): Promise<ProviderConnectionView[]> {
    const where = { organizationId, ...(after === undefined ? {} : { id: MoreThan(after) }) };
    const found = await this.store.read(organizationId, (manager) =>
      manager.find(ProviderConnectionEntity, { where, order: { id: 'ASC' }, take: size }),
    );
    return found.map(providerConnectionView);
  }
}
