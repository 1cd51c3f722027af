-- Charges of the ledger that a consumer has not applied, and what it applied that is not in the ledger. $1: one organisation, or null for all.
WITH ledger AS (
  SELECT charge_id FROM pricing.charges WHERE $1::uuid IS NULL OR organization_id = $1
), applied AS (
  SELECT 'aggregation' AS service, charge_id FROM aggregation.applied_charges WHERE $1::uuid IS NULL OR organization_id = $1
  UNION ALL SELECT 'budget-alert', charge_id FROM budget_alert.applied_charges WHERE $1::uuid IS NULL OR organization_id = $1
  UNION ALL SELECT 'invoicing', charge_id FROM invoicing.applied_charges WHERE $1::uuid IS NULL OR organization_id = $1
), services AS (
  SELECT unnest(ARRAY['aggregation', 'budget-alert', 'invoicing']) AS service
)
SELECT s.service, 'missing' AS kind, l.charge_id::text
FROM services s CROSS JOIN ledger l LEFT JOIN applied a ON a.service = s.service AND a.charge_id = l.charge_id WHERE a.charge_id IS NULL
UNION ALL
SELECT a.service, 'foreign', a.charge_id::text FROM applied a LEFT JOIN ledger l USING (charge_id) WHERE l.charge_id IS NULL
UNION ALL
SELECT 'pricing', 'double', charge_id::text FROM ledger GROUP BY charge_id HAVING count(*) > 1
