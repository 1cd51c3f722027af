import { Injectable } from '@nestjs/common';
import { OutboxRelay, TenantDatabase } from '@tollgate/platform/database';
import type { EntityManager } from 'typeorm';

/** Transactions of one organisation (or of `NO_ORGANIZATION`, the operator's own rows). */
@Injectable()
export class AccountsStore {
  constructor(
    private readonly database: TenantDatabase,
    private readonly relay: OutboxRelay,
  ) {}

  read<T>(organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.run(organizationId, work);
  }

  /** A transaction whose messages to the directory leave as soon as it has committed: a revocation reaches every ingress within seconds. */
  change<T>(organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.run(organizationId, (manager) => {
      this.database.afterCommit(() => this.relay.nudge());
      return work(manager);
    });
  }
}
