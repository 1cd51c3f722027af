-- The sums of every organisation and billing month in each service's own tables. $1: one organisation, or null for all. An accrual holds what is unbilled;
-- a draft's lines repeat it and count only once the invoice is finalised.
SELECT 'ledger' AS book, organization_id::text, period, count(*) AS charges, sum(requests) AS requests, sum(amount) AS amount, sum(cost) AS cost, sum(direct) AS direct
FROM pricing.charges WHERE $1::uuid IS NULL OR organization_id = $1 GROUP BY organization_id, period
UNION ALL
SELECT 'rollup_hour', organization_id::text, period, sum(charges), sum(requests), sum(amount), sum(cost), sum(direct)
FROM aggregation.rollup_hour WHERE $1::uuid IS NULL OR organization_id = $1 GROUP BY organization_id, period
UNION ALL
SELECT 'rollup_day', organization_id::text, period, sum(charges), sum(requests), sum(amount), sum(cost), sum(direct)
FROM aggregation.rollup_day WHERE $1::uuid IS NULL OR organization_id = $1 GROUP BY organization_id, period
UNION ALL
SELECT 'meters', organization_id::text, to_char(day, 'YYYY-MM'), sum(charges), sum(requests), sum(amount), sum(cost), sum(direct)
FROM budget_alert.meters WHERE $1::uuid IS NULL OR organization_id = $1 GROUP BY 2, 3
UNION ALL
SELECT 'invoiced and unbilled', organization_id::text, period, sum(charges), sum(requests), sum(amount), sum(cost), sum(direct)
FROM (
  SELECT organization_id, period, charges, requests, accrued AS amount, cost, direct FROM invoicing.accruals
  UNION ALL
  SELECT l.organization_id, l.period, l.charges, l.requests, l.exact_amount, l.cost, l.direct
  FROM invoicing.invoice_lines l JOIN invoicing.invoices i ON i.id = l.invoice_id WHERE i.status <> 'draft'
) billed
WHERE $1::uuid IS NULL OR organization_id = $1 GROUP BY organization_id, period
