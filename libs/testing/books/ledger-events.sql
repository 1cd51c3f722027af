-- Each event of the ledger since $1, over all its entries: quantities net of corrections. $2: one organisation, or null for all.
WITH entries AS (
  SELECT * FROM pricing.charges WHERE received_at >= $1 AND ($2::uuid IS NULL OR organization_id = $2)
), net AS (
  SELECT event_id, jsonb_object_agg(unit, trim_scale(quantity)::text) AS quantities
  FROM (
    SELECT event_id, unit, sum(quantity::numeric) AS quantity FROM entries, jsonb_each_text(quantities) AS q (unit, quantity) GROUP BY event_id, unit
  ) sums
  WHERE quantity <> 0 GROUP BY event_id
)
SELECT e.event_id, count(*) FILTER (WHERE corrects_charge_id IS NULL)::int AS first_charges,
       (array_agg(provider ORDER BY entry DESC))[1] AS provider, (array_agg(model ORDER BY entry DESC))[1] AS model,
       (array_agg(estimated ORDER BY entry DESC))[1] AS estimated,
       max(nullif(facts->>'sourceId', '')) AS source_id, max(facts->>'source') AS source, n.quantities
FROM entries e LEFT JOIN net n USING (event_id)
GROUP BY e.event_id, n.quantities
