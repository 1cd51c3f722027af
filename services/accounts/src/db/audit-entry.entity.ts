import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One change: who, what, when, and the entity before and after without its secrets. Only ever added. */
@Entity({ name: 'audit_log' })
export class AuditEntryEntity {
  /** UUIDv7, so that the order of ids is the order of time. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ name: 'organization_id', type: 'uuid' })
  organizationId!: string;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date;

  /** The key that asked, or `system` for what happens at start. */
  @Column({ name: 'actor_key_id', type: 'text' })
  actorKeyId!: string;

  @Column({ name: 'actor_operator', type: 'boolean' })
  actorOperator!: boolean;

  /** Such as `api_key.rotated`. */
  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text' })
  entity!: string;

  @Column({ name: 'entity_id', type: 'text' })
  entityId!: string;

  @Column({ type: 'jsonb', nullable: true })
  before!: object | null;

  @Column({ type: 'jsonb', nullable: true })
  after!: object | null;
}
