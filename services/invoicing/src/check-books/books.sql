-- The books of organisation $1 and period $2 for charges rated before $3: what is on invoices and what is not, less what the seconds from the cut on added.
-- $4 is the number of digits that amounts are rounded to; round() of numeric goes half-up, away from zero. `detail` names what contradicts itself: an accrual or line and the number of its charges, an invoice and its lines, a line and its rounding.
WITH open AS (
  SELECT coalesce(sum(charges), 0) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(accrued), 0) AS amount,
    coalesce(sum(cost), 0) AS cost, coalesce(sum(direct), 0) AS direct
  FROM accruals WHERE organization_id = $1 AND period = $2
), invoiced AS (
  SELECT coalesce(sum(l.charges), 0) AS charges, coalesce(sum(l.requests), 0) AS requests, coalesce(sum(l.exact_amount), 0) AS amount,
    coalesce(sum(l.cost), 0) AS cost, coalesce(sum(l.direct), 0) AS direct
  FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.status = 'finalized'
  WHERE l.organization_id = $1 AND l.period = $2
), recent AS (
  SELECT coalesce(sum(charges), 0) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(amount), 0) AS amount,
    coalesce(sum(cost), 0) AS cost, coalesce(sum(direct), 0) AS direct, coalesce(sum(invoiced_amount), 0) AS invoiced
  FROM recent_totals WHERE organization_id = $1 AND period = $2 AND rated_second >= $3
), stated AS (
  -- What rows say of the number of their charges.
  SELECT id AS accrual_id, generation, charges, format('accrual of %s/%s for %s', provider, model, coalesce(nullif(project, ''), '(no project)')) AS what
  FROM accruals WHERE organization_id = $1 AND period = $2
  UNION ALL
  SELECT l.accrual_id, l.generation, l.charges, format('line %s of invoice %s', l.position, i.number)
  FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.status = 'finalized'
  WHERE l.organization_id = $1 AND l.period = $2
), noted AS (
  SELECT accrual_id, generation, count(*) AS charges FROM applied_charges
  WHERE organization_id = $1 AND accrual_id IN (SELECT id FROM accruals WHERE organization_id = $1 AND period = $2)
  GROUP BY accrual_id, generation
), sums AS (
  SELECT i.number, i.period, i.currency, i.net, i.exact_net, i.tax, i.total, i.tax_rate,
    coalesce(sum(l.amount), 0) AS line_net, coalesce(sum(l.exact_amount), 0) AS line_exact_net
  FROM invoices i LEFT JOIN invoice_lines l ON l.invoice_id = i.id
  WHERE i.organization_id = $1 AND i.status = 'finalized'
    AND (i.period = $2 OR i.id IN (SELECT invoice_id FROM invoice_lines WHERE organization_id = $1 AND period = $2))
  GROUP BY i.id
), faults AS (
  SELECT coalesce(s.what, 'charges without an accrual') || ': charges' AS what, coalesce(n.charges, 0) AS expected, coalesce(s.charges, 0) AS found
  FROM stated s FULL JOIN noted n USING (accrual_id, generation)
  WHERE coalesce(s.charges, 0) <> coalesce(n.charges, 0)
  UNION ALL
  SELECT format('invoice %s: net', number), line_net, net FROM sums WHERE line_net <> net
  UNION ALL
  SELECT format('invoice %s: exact net', number), line_exact_net, exact_net FROM sums WHERE line_exact_net <> exact_net
  UNION ALL
  SELECT format('invoice %s: total', number), net + tax, total FROM sums WHERE net + tax <> total
  UNION ALL
  SELECT format('invoice %s: tax', number), round(net * tax_rate / 100, $4), tax FROM sums WHERE round(net * tax_rate / 100, $4) <> tax
  UNION ALL
  SELECT format('line %s of invoice %s: amount', l.position, i.number), round(l.exact_amount, $4), l.amount
  FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.status = 'finalized'
  WHERE l.organization_id = $1 AND l.period = $2 AND round(l.exact_amount, $4) <> l.amount
)
SELECT
  (open.charges + invoiced.charges - recent.charges)::text AS charges,
  (open.requests + invoiced.requests - recent.requests)::text AS requests,
  (open.cost + invoiced.cost - recent.cost)::text AS cost,
  (open.direct + invoiced.direct - recent.direct)::text AS direct,
  (invoiced.amount - recent.invoiced)::text AS invoiced,
  (open.amount - recent.amount + recent.invoiced)::text AS unbilled,
  (SELECT coalesce(json_agg(json_build_object('what', what, 'expected', expected::text, 'found', found::text) ORDER BY what), '[]') FROM faults) AS detail
FROM open, invoiced, recent
