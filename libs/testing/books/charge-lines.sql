-- Charges that do not explain themselves: whose lines do not add up, whose line is not quantity x rate / per x FX, or whose quantity has no line.
-- `unexplained` lists such units; free ones are the caller's to forgive. $1: one organisation, or null for all.
SELECT c.charge_id::text, trim_scale(c.cost)::text AS cost, trim_scale(s.cost)::text AS lines_cost, trim_scale(c.amount)::text AS amount,
       trim_scale(s.amount)::text AS lines_amount, s.misrated, u.unexplained,
       trim_scale(c.direct)::text AS direct, CASE WHEN c.own_connection THEN trim_scale(c.cost)::text ELSE '0' END AS due_directly
FROM pricing.charges c
CROSS JOIN LATERAL (
  SELECT coalesce(sum((l->>'cost')::numeric), 0) AS cost, coalesce(sum((l->>'amount')::numeric), 0) AS amount,
         count(*) FILTER (WHERE (l->>'cost')::numeric * (l->>'per')::numeric <> (l->>'quantity')::numeric * (l->>'rate')::numeric * c.fx_rate)::int AS misrated
  FROM jsonb_array_elements(c.lines) l
) s
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(q.unit ORDER BY q.unit), '{}') AS unexplained FROM jsonb_each_text(c.quantities) AS q (unit, quantity)
  WHERE q.quantity::numeric <> 0
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(c.lines) l WHERE l->>'unit' = q.unit AND (l->>'quantity')::numeric = q.quantity::numeric)
) u
WHERE ($1::uuid IS NULL OR c.organization_id = $1)
  AND (c.cost <> s.cost OR c.amount <> s.amount OR s.misrated > 0 OR u.unexplained <> '{}' OR c.direct <> CASE WHEN c.own_connection THEN c.cost ELSE 0 END)
