import type { KeyEnvironment } from '@tollgate/platform/api-key';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key as it is kept: a keyed hash and what may be shown, never the key. */
@Entity({ name: 'api_keys' })
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  /** The nil UUID for the operator's own keys. */
  @Column({ name: 'organization_id', type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  environment!: KeyEnvironment;

  /** What of the key may be shown, so that its owner recognises it. */
  @Column({ type: 'text' })
  prefix!: string;

  @Column({ type: 'text' })
  hash!: string;

  /** Of the key that the last rotation replaced. */
  @Column({ name: 'previous_hash', type: 'text', nullable: true })
  previousHash!: string | null;

  @Column({ name: 'previous_hash_expires_at', type: 'timestamptz', nullable: true })
  previousHashExpiresAt!: Date | null;

  /** Slug of the project that the key is bound to. */
  @Column({ type: 'text', nullable: true })
  project!: string | null;

  /** A bound key may name another project in a call's tags. */
  @Column({ name: 'may_tag_project', type: 'boolean' })
  mayTagProject!: boolean;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  /** Tags of calls that name none themselves. */
  @Column({ type: 'jsonb' })
  tags!: Record<string, string>;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
