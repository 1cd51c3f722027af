-- Row-level security binds every role (invariant 12): REST and the functions that run as the owner see one organisation a transaction, the consumer works
-- across all of them.
DO $$
DECLARE
  tenant_table text;
  own text := '(organization_id = nullif(current_setting(''tollgate.org'', true), '''')::uuid)';
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['accruals', 'applied_charges', 'recent_totals', 'invoices', 'invoice_lines', 'billing_settings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO tollgate_invoicing, CURRENT_USER USING %s WITH CHECK %s', tenant_table, own, own);
    EXECUTE format('CREATE POLICY consumer ON %I TO tollgate_invoicing_consumer USING (true) WITH CHECK (true)', tenant_table);
    EXECUTE format('GRANT SELECT ON %I TO tollgate_invoicing, tollgate_invoicing_consumer', tenant_table);
  END LOOP;
END $$;

-- The consumer accrues. It cannot touch an invoice.
GRANT INSERT, UPDATE ON accruals TO tollgate_invoicing_consumer;
GRANT INSERT ON applied_charges TO tollgate_invoicing_consumer;
GRANT INSERT, UPDATE, DELETE ON recent_totals TO tollgate_invoicing_consumer;
GRANT SELECT, INSERT ON dead_letters TO tollgate_invoicing_consumer;

-- REST drafts: it may write everything of an invoice but what makes it final, which only finalize_invoice does.
GRANT INSERT (id, organization_id, period, currency, seller, customer, purchase_order, tax_kind, tax_rate, tax_note, exact_net, net, tax, total, drafted_at)
  ON invoices TO tollgate_invoicing;
GRANT UPDATE (seller, customer, purchase_order, tax_kind, tax_rate, tax_note, exact_net, net, tax, total, drafted_at) ON invoices TO tollgate_invoicing;
GRANT INSERT, DELETE ON invoice_lines TO tollgate_invoicing;
GRANT INSERT, UPDATE ON billing_settings TO tollgate_invoicing;

-- The seller is one for the installation; the application lets only operators change it.
GRANT SELECT, INSERT, UPDATE ON seller_settings TO tollgate_invoicing;
GRANT SELECT ON seller_settings TO tollgate_invoicing_consumer;
