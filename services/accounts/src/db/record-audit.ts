import type { Caller } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { AuditEntryEntity } from './audit-entry.entity';
import { orderedId } from './ordered-id';

/** Who changes something: the key of a request, or the system at start. */
export type Actor = Pick<Caller, 'keyId' | 'operator'>;

export const SYSTEM: Actor = { keyId: 'system', operator: false };

/** A change to tell of. `before` and `after` are views that never hold a key, a hash or a secret. */
export interface AuditedChange {
  readonly organizationId: string;
  readonly actor: Actor;
  readonly action: string;
  readonly entity: 'organization' | 'project' | 'api_key' | 'provider_connection';
  readonly entityId: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

/** Adds the entry in the transaction of the change itself, so that neither is without the other. */
export async function recordAudit(manager: EntityManager, change: AuditedChange, nowMs: number): Promise<void> {
  await manager.insert(AuditEntryEntity, {
    id: orderedId(nowMs),
    organizationId: change.organizationId,
    occurredAt: new Date(nowMs),
    actorKeyId: change.actor.keyId,
    actorOperator: change.actor.operator,
    action: change.action,
    entity: change.entity,
    entityId: change.entityId,
    before: change.before ?? null,
    after: change.after ?? null,
  });
}
