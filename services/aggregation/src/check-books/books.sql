-- The books of one organisation ($1) and period ($2) for charges rated before the cut ($3), and where the rollups contradict each other. One statement,
-- hence one snapshot. A period's buckets lie within a day of its UTC bounds ($4, $5), whatever the zone, so the primary key narrows the scan.
WITH hours AS MATERIALIZED (
  SELECT dimension_id, sum(charges) AS charges, sum(requests) AS requests, sum(estimated) AS estimated, sum(amount) AS amount, sum(cost) AS cost, sum(direct) AS direct
  FROM rollup_hour WHERE organization_id = $1 AND bucket_start >= $4 AND bucket_start < $5 AND period = $2 GROUP BY dimension_id
), days AS MATERIALIZED (
  SELECT dimension_id, sum(charges) AS charges, sum(requests) AS requests, sum(estimated) AS estimated, sum(amount) AS amount, sum(cost) AS cost, sum(direct) AS direct
  FROM rollup_day WHERE organization_id = $1 AND bucket_start >= $4 AND bucket_start < $5 AND period = $2 GROUP BY dimension_id
), hour_units AS (
  SELECT dimension_id, unit, sum(quantity) AS quantity
  FROM rollup_hour_unit WHERE organization_id = $1 AND bucket_start >= $4 AND bucket_start < $5 AND period = $2 GROUP BY dimension_id, unit
), day_units AS (
  SELECT dimension_id, unit, sum(quantity) AS quantity
  FROM rollup_day_unit WHERE organization_id = $1 AND bucket_start >= $4 AND bucket_start < $5 AND period = $2 GROUP BY dimension_id, unit
), recent AS (
  SELECT coalesce(sum(charges), 0) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(amount), 0) AS amount, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct
  FROM recent_totals WHERE organization_id = $1 AND period = $2 AND rated_second >= $3
), totals AS (
  SELECT coalesce(sum(charges), 0) - (SELECT charges FROM recent) AS charges, coalesce(sum(requests), 0) - (SELECT requests FROM recent) AS requests,
         coalesce(sum(amount), 0) - (SELECT amount FROM recent) AS amount, coalesce(sum(cost), 0) - (SELECT cost FROM recent) AS cost,
         coalesce(sum(direct), 0) - (SELECT direct FROM recent) AS direct
  FROM hours
), contradictions AS (
  SELECT 'rollup_hour and rollup_day' AS what, coalesce(h.dimension_id, d.dimension_id) AS dimension_id, m.member, trim_scale(m.hour)::text AS hour, trim_scale(m.day)::text AS day
  FROM hours h FULL JOIN days d USING (dimension_id)
  CROSS JOIN LATERAL (VALUES
    ('charges', coalesce(h.charges, 0), coalesce(d.charges, 0)), ('requests', coalesce(h.requests, 0), coalesce(d.requests, 0)),
    ('estimated', coalesce(h.estimated, 0), coalesce(d.estimated, 0)), ('amount', coalesce(h.amount, 0), coalesce(d.amount, 0)),
    ('cost', coalesce(h.cost, 0), coalesce(d.cost, 0)), ('direct', coalesce(h.direct, 0), coalesce(d.direct, 0))) AS m (member, hour, day)
  WHERE m.hour <> m.day
  UNION ALL
  SELECT 'rollup_hour_unit and rollup_day_unit', coalesce(h.dimension_id, d.dimension_id), coalesce(h.unit, d.unit),
         trim_scale(coalesce(h.quantity, 0))::text, trim_scale(coalesce(d.quantity, 0))::text
  FROM hour_units h FULL JOIN day_units d ON h.dimension_id = d.dimension_id AND h.unit = d.unit
  WHERE coalesce(h.quantity, 0) <> coalesce(d.quantity, 0)
  UNION ALL
  SELECT 'rollup_hour and dimensions', h.dimension_id, 'dimension', trim_scale(h.amount)::text, NULL
  FROM hours h LEFT JOIN dimensions n ON n.id = h.dimension_id AND n.organization_id = $1 WHERE n.id IS NULL
)
SELECT jsonb_build_object(
  'charges', t.charges::text, 'requests', t.requests::text, 'amount', trim_scale(t.amount)::text, 'cost', trim_scale(t.cost)::text, 'direct', trim_scale(t.direct)::text,
  'detail', (SELECT coalesce(jsonb_agg(jsonb_build_object('what', c.what, 'member', c.member, 'hour', c.hour, 'day', c.day,
      'dimension', CASE WHEN n.id IS NULL THEN NULL ELSE jsonb_build_object('provider', n.provider, 'model', n.model, 'project', n.project, 'team', n.team,
        'env', n.env, 'feature', n.feature, 'key', n.key_id) END)), '[]')
    FROM (SELECT * FROM contradictions ORDER BY what, dimension_id, member LIMIT 100) c
    LEFT JOIN dimensions n ON n.id = c.dimension_id AND n.organization_id = $1)) AS books
FROM totals t
