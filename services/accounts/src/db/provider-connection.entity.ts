import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where calls to a provider go and with which secret: the operator's shared connection, or an organisation's own. */
@Entity({ name: 'provider_connections' })
export class ProviderConnectionEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  /** The nil UUID for a shared connection. */
  @Column({ name: 'organization_id', type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  provider!: string;

  @Column({ type: 'text' })
  name!: string;

  /** What the vendor's own SDK takes. */
  @Column({ name: 'base_url', type: 'text' })
  baseUrl!: string;

  /** AES-256-GCM, bound to the organisation and this connection. */
  @Column({ name: 'encrypted_secret', type: 'text' })
  encryptedSecret!: string;

  /** Models that the catalogue does not know are passed on, and their usage is parked. */
  @Column({ name: 'allow_unknown_models', type: 'boolean' })
  allowUnknownModels!: boolean;

  @Column({ type: 'text' })
  status!: 'active' | 'disabled';

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
