-- The ledger's books of one organisation ($1) and period ($2, which lies within $4 and $5) for charges rated before the cut ($3), and where the ledger
-- contradicts itself. One statement, hence one snapshot.
WITH entries AS MATERIALIZED (
  SELECT charge_id, corrects_charge_id, rated_at, requests, amount, cost, direct, lines
  FROM charges WHERE organization_id = $1 AND occurred_at >= $4 AND occurred_at < $5 AND period = $2
), ledger AS (
  SELECT count(*) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(amount), 0) AS amount, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct, count(*) FILTER (WHERE corrects_charge_id IS NULL) AS firsts,
         count(*) FILTER (WHERE rated_at < $3) AS charges_before, coalesce(sum(amount) FILTER (WHERE rated_at < $3), 0) AS amount_before,
         coalesce(sum(cost) FILTER (WHERE rated_at < $3), 0) AS cost_before, coalesce(sum(direct) FILTER (WHERE rated_at < $3), 0) AS direct_before
  FROM entries
), recent AS (
  SELECT coalesce(sum(charges), 0) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(amount), 0) AS amount, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct
  FROM recent_totals WHERE organization_id = $1 AND period = $2 AND rated_second >= $3
), as_of AS (
  SELECT l.charges - r.charges AS charges, l.requests - r.requests AS requests, l.amount - r.amount AS amount, l.cost - r.cost AS cost, l.direct - r.direct AS direct
  FROM ledger l, recent r
), lines AS (
  SELECT coalesce(sum((line ->> 'amount')::numeric), 0) AS amount, coalesce(sum((line ->> 'cost')::numeric), 0) AS cost
  FROM entries, jsonb_array_elements(lines) AS line
), events AS (
  SELECT count(*) AS firsts FROM rated_events WHERE organization_id = $1 AND occurred_at >= $4 AND occurred_at < $5 AND corrects_event_id IS NULL
), waiting AS (
  SELECT count(*) AS parked FROM parked_usage p WHERE p.organization_id = $1 AND p.occurred_at >= $4 AND p.occurred_at < $5
    AND NOT EXISTS (SELECT FROM rated_events e WHERE e.event_id = p.event_id AND e.corrects_event_id IS NOT NULL)
), checks (what, expected, found) AS (
  SELECT 'sum of the lines'' amounts against the charges'' amount', l.amount, n.amount FROM ledger l, lines n
  UNION ALL SELECT 'sum of the lines'' costs against the charges'' cost', l.cost, n.cost FROM ledger l, lines n
  UNION ALL SELECT 'events taken into the books against first charges and parked usage', e.firsts, l.firsts + w.parked FROM ledger l, events e, waiting w
  UNION ALL SELECT 'charges before the cut against all less the newest seconds', a.charges, l.charges_before FROM ledger l, as_of a
  UNION ALL SELECT 'amount before the cut against all less the newest seconds', a.amount, l.amount_before FROM ledger l, as_of a
  UNION ALL SELECT 'cost before the cut against all less the newest seconds', a.cost, l.cost_before FROM ledger l, as_of a
  UNION ALL SELECT 'direct before the cut against all less the newest seconds', a.direct, l.direct_before FROM ledger l, as_of a
)
SELECT jsonb_build_object(
  'charges', a.charges::text, 'requests', a.requests::text, 'amount', trim_scale(a.amount)::text, 'cost', trim_scale(a.cost)::text,
  'direct', trim_scale(a.direct)::text, 'parked', (SELECT parked FROM waiting)::text,
  'detail', (SELECT coalesce(jsonb_agg(jsonb_build_object('what', what, 'expected', trim_scale(expected)::text, 'found', trim_scale(found)::text)), '[]')
    FROM checks WHERE expected <> found)) AS books
FROM as_of a
