-- Invoices that do not add up by themselves: net and exact net are the lines' sums, total is net and tax, a line is its exact amount rounded half up.
-- $1: one organisation, or null for all; $2: currencies whose minor unit is not the hundredth, as {"JPY": 0}.
SELECT i.id::text AS invoice_id, i.organization_id::text, i.number, trim_scale(i.net)::text AS net, trim_scale(l.net)::text AS lines_net,
       trim_scale(i.exact_net)::text AS exact_net, trim_scale(l.exact_net)::text AS lines_exact_net, trim_scale(i.tax)::text AS tax,
       trim_scale(i.total)::text AS total, l.misrounded
FROM invoicing.invoices i
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount), 0) AS net, coalesce(sum(exact_amount), 0) AS exact_net,
         count(*) FILTER (WHERE amount <> round(exact_amount, coalesce(($2::jsonb->>i.currency)::int, 2)))::int AS misrounded
  FROM invoicing.invoice_lines WHERE invoice_id = i.id
) l
WHERE ($1::uuid IS NULL OR i.organization_id = $1)
  AND (i.net <> l.net OR i.exact_net <> l.exact_net OR i.total <> i.net + i.tax OR l.misrounded > 0)
