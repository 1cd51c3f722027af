-- Who may touch what. The REST role sees one organisation a transaction; the consumer role serves all by a policy of its own.
DO $do$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['budgets', 'budget_periods', 'grants', 'parked_holds', 'meters', 'applied_charges', 'recent_totals', 'alerts',
                                      'fired', 'webhook_endpoints', 'deliveries', 'delivery_attempts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO tollgate_budget_alert USING (organization_id = current_setting(''tollgate.org'', true)::uuid) '
                   'WITH CHECK (organization_id = current_setting(''tollgate.org'', true)::uuid)', tenant_table);
    EXECUTE format('CREATE POLICY consumer ON %I TO tollgate_budget_alert_consumer USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $do$;

GRANT SELECT, INSERT, UPDATE ON budgets, budget_periods, grants TO tollgate_budget_alert;
GRANT SELECT ON meters, recent_totals TO tollgate_budget_alert;
GRANT SELECT, INSERT ON alerts TO tollgate_budget_alert;
GRANT SELECT, INSERT, DELETE ON fired TO tollgate_budget_alert;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints, deliveries TO tollgate_budget_alert;
GRANT SELECT ON delivery_attempts TO tollgate_budget_alert;

GRANT SELECT ON budgets TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT, UPDATE ON budget_periods, grants, meters TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT ON applied_charges, alerts TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT, DELETE ON fired TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT, UPDATE, DELETE ON recent_totals TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT, DELETE ON parked_holds TO tollgate_budget_alert_consumer;
GRANT SELECT, UPDATE ON webhook_endpoints TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT, UPDATE ON deliveries TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT ON delivery_attempts TO tollgate_budget_alert_consumer;
GRANT SELECT, INSERT, UPDATE ON dead_letters TO tollgate_budget_alert_consumer;
