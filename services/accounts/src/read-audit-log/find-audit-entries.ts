import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { AccountsStore } from '../db/accounts-store';
import { AuditEntryEntity } from '../db/audit-entry.entity';
import type { AuditEntryView, AuditLogFilter } from './audit-log.schema';

@Injectable()
export class AuditLogFinder {
  constructor(private readonly store: AccountsStore) {}

  /** The newest entries that fit, one more than asked for, below the id that the page before ended with. */
  async some(organizationId: string, filter: AuditLogFilter, before: string | undefined): Promise<AuditEntryView[]> {
    const { action, entity, entityId, limit } = filter;
    const where = {
      organizationId,
      ...(action === undefined ? {} : { action }),
      ...(entity === undefined ? {} : { entity }),
      ...(entityId === undefined ? {} : { entityId }),
      ...(before === undefined ? {} : { id: LessThan(before) }),
    };
    const found = await this.store.read(organizationId, (manager) =>
      manager.find(AuditEntryEntity, { where, order: { id: 'DESC' }, take: limit + 1 }),
    );
    return found.map(auditEntryView);
  }
}

function auditEntryView(entry: AuditEntryEntity): AuditEntryView {
  const { id, occurredAt, actorKeyId, actorOperator, action, entity, entityId, before, after } = entry;
  return {
    id,
    occurredAt: occurredAt.toISOString(),
    actorKeyId,
    actorOperator,
    action,
    entity,
    entityId,
    before: before as AuditEntryView['before'],
    after: after as AuditEntryView['after'],
  };
}
