-- Row-level security binds both roles (invariant 12): REST sees one organisation a transaction, the consumer works across all of them.
DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['dimensions', 'applied_charges', 'rollup_hour', 'rollup_day', 'rollup_hour_unit', 'rollup_day_unit',
                                      'recent_totals', 'parked_usage'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO tollgate_aggregation
                      USING (organization_id = current_setting(''tollgate.org'', true)::uuid)', tenant_table);
    EXECUTE format('CREATE POLICY consumer ON %I TO tollgate_aggregation_consumer USING (true) WITH CHECK (true)', tenant_table);
    EXECUTE format('GRANT SELECT ON %I TO tollgate_aggregation', tenant_table);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO tollgate_aggregation_consumer', tenant_table);
  END LOOP;
END $$;

GRANT UPDATE ON rollup_hour, rollup_day, rollup_hour_unit, rollup_day_unit, recent_totals TO tollgate_aggregation_consumer;
GRANT DELETE ON recent_totals TO tollgate_aggregation_consumer;
GRANT SELECT, INSERT ON dead_letters TO tollgate_aggregation_consumer;
