import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A customer of the seller. Its currency and time zone are fixed when it is created: charges, hours and billing months are counted in them. */
@Entity({ name: 'organizations' })
export class OrganizationEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'legal_name', type: 'text' })
  legalName!: string;

  @Column({ type: 'text' })
  country!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  @Column({ type: 'text' })
  status!: 'active' | 'suspended';

  @Column({ name: 'required_tags', type: 'text', array: true })
  requiredTags!: string[];

  @Column({ name: 'missing_tags', type: 'text' })
  missingTags!: 'refuse' | 'untagged';

  /** Without separators; empty when the organisation has none. */
  @Column({ name: 'vat_id', type: 'text' })
  vatId!: string;

  @Column({ name: 'address_lines', type: 'text', array: true })
  addressLines!: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
