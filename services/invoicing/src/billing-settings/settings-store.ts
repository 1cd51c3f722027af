import type { Organization } from '@tollgate/contracts';
import type { EntityManager } from 'typeorm';
import type { InvoicingConfig } from '../invoicing-config';
import type { BillingSettings, ChangeBillingSettings, Customer, Seller } from './billing-settings.schema';

/** The settings that rule an organisation's invoices. */
export type Terms = Pick<BillingSettings, 'graceHours' | 'paymentTermsDays' | 'purchaseOrder' | 'seller'>;

interface SettingsRow {
  seller: Seller | null;
  grace_hours: number | null;
  payment_terms_days: number | null;
  own_grace_hours: number | null;
  own_payment_terms_days: number | null;
  purchase_order: string | null;
}

const READ = `SELECT s.seller, s.grace_hours, s.payment_terms_days, b.grace_hours AS own_grace_hours, b.payment_terms_days AS own_payment_terms_days,
    b.purchase_order
  FROM (SELECT 1) AS one LEFT JOIN seller_settings s ON true LEFT JOIN billing_settings b ON b.organization_id = $1`;

const WRITE_OWN = `INSERT INTO billing_settings AS b (organization_id, grace_hours, payment_terms_days, purchase_order, updated_at)
  VALUES ($1, $2, $3, coalesce($4, ''), $5)
  ON CONFLICT (organization_id) DO UPDATE SET grace_hours = coalesce($2, b.grace_hours), payment_terms_days = coalesce($3, b.payment_terms_days),
    purchase_order = coalesce($4, b.purchase_order), updated_at = $5`;

const WRITE_SELLER = `INSERT INTO seller_settings (seller, grace_hours, payment_terms_days, updated_at) VALUES ($1::jsonb, $2, $3, $4)
  ON CONFLICT (only_row) DO UPDATE SET seller = excluded.seller, grace_hours = excluded.grace_hours,
    payment_terms_days = excluded.payment_terms_days, updated_at = excluded.updated_at`;

/** Billing settings in the database over those of the environment. Each call belongs to a transaction of the organisation. */
export class SettingsStore {
  constructor(private readonly config: InvoicingConfig) {}

  /** What is in force: the organisation's own, else the operator's, else the environment's. */
  async read(manager: EntityManager, organizationId: string): Promise<Terms> {
    const [row] = (await manager.query(READ, [organizationId])) as SettingsRow[];
    return {
      graceHours: row?.own_grace_hours ?? row?.grace_hours ?? this.config.TOLLGATE_GRACE_HOURS,
      paymentTermsDays: row?.own_payment_terms_days ?? row?.payment_terms_days ?? this.config.TOLLGATE_PAYMENT_TERMS_DAYS,
      purchaseOrder: row?.purchase_order ?? '',
      seller: row?.seller ?? sellerOfEnvironment(this.config),
    };
  }

  /** Changes the organisation's own. */
  async changeOwn(manager: EntityManager, organizationId: string, change: ChangeBillingSettings, now: Date): Promise<void> {
    const { graceHours = null, paymentTermsDays = null, purchaseOrder = null } = change;
    await manager.query(WRITE_OWN, [organizationId, graceHours, paymentTermsDays, purchaseOrder, now]);
  }

  /** Changes what holds by default; `terms` is what was in force. */
  async changeSeller(manager: EntityManager, terms: Terms, change: ChangeBillingSettings, now: Date): Promise<void> {
    const { seller = terms.seller, graceHours = terms.graceHours, paymentTermsDays = terms.paymentTermsDays } = change;
    await manager.query(WRITE_SELLER, [JSON.stringify(seller), graceHours, paymentTermsDays, now]);
  }
}

/** Null while it would not do for an invoice. */
function sellerOfEnvironment(config: InvoicingConfig): Seller | null {
  const addressLines = config.TOLLGATE_SELLER_ADDRESS.split('|')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (!config.TOLLGATE_SELLER_NAME || !config.TOLLGATE_SELLER_COUNTRY || addressLines.length === 0) return null;
  return {
    name: config.TOLLGATE_SELLER_NAME,
    addressLines,
    country: config.TOLLGATE_SELLER_COUNTRY,
    vatId: config.TOLLGATE_SELLER_VAT_ID,
    registration: config.TOLLGATE_SELLER_REGISTRATION,
    email: config.TOLLGATE_SELLER_EMAIL,
    iban: config.TOLLGATE_SELLER_IBAN,
    bic: config.TOLLGATE_SELLER_BIC,
    timeZone: config.TOLLGATE_SELLER_TIME_ZONE,
    series: config.TOLLGATE_INVOICE_SERIES,
  };
}

/** Who is invoiced, of the organisation's record. */
export function customerOf(organization: Organization): Customer {
  return {
    name: organization.legalName || organization.name,
    addressLines: [...organization.addressLines],
    country: organization.country,
    vatId: organization.vatId,
  };
}
