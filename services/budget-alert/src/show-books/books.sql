-- The books of one organisation ($1) and billing month ($2, its local days $3 to $4, half-open) for charges rated before the cut ($5): the meters' sums,
-- every all-covering monthly budget's own running total of that month, and what contradicts within these tables. One statement, hence one snapshot.
WITH recent AS (
  SELECT coalesce(sum(charges), 0) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(amount), 0) AS amount, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct
  FROM recent_totals WHERE organization_id = $1 AND period = $2 AND rated_second >= $5
), metered AS (
  SELECT coalesce(sum(charges), 0) AS charges, coalesce(sum(requests), 0) AS requests, coalesce(sum(amount), 0) AS amount, coalesce(sum(cost), 0) AS cost,
         coalesce(sum(direct), 0) AS direct
  FROM meters WHERE organization_id = $1 AND day >= $3::date AND day < $4::date
), covering AS (
  SELECT b.id, b.name, p.spent - r.amount - r.direct AS spent
  FROM budgets b JOIN budget_periods p ON p.budget_id = b.id, recent r
  WHERE b.organization_id = $1 AND b.status = 'active' AND b.period = 'month' AND p.first_day = $3::date
    AND concat(scope_project, scope_team, scope_env, scope_feature, scope_key, scope_provider, scope_model) = ''
), overlapping AS (
  SELECT b.id, b.name, p.period_start, p.first_day, p.spent, p.held, p.amount,
    (SELECT coalesce(sum(m.amount + m.direct), 0) FROM meters m
     WHERE m.organization_id = $1 AND m.day >= p.first_day AND (p.end_day IS NULL OR m.day < p.end_day)
       AND (b.scope_project = '' OR m.project = b.scope_project) AND (b.scope_team = '' OR m.team = b.scope_team)
       AND (b.scope_env = '' OR m.env = b.scope_env) AND (b.scope_feature = '' OR m.feature = b.scope_feature)
       AND (b.scope_key = '' OR m.key_id = b.scope_key) AND (b.scope_provider = '' OR m.provider = b.scope_provider)
       AND (b.scope_model = '' OR m.model = b.scope_model)) AS metered,
    (SELECT coalesce(sum(g.remaining), 0) FROM grants g WHERE g.budget_id = p.budget_id AND g.period_start = p.period_start) AS lent
  FROM budgets b JOIN budget_periods p ON p.budget_id = b.id
  WHERE b.organization_id = $1 AND b.status = 'active' AND p.first_day < $4::date AND (p.end_day IS NULL OR p.end_day > $3::date)
), contradictions AS (
  SELECT 'budget_periods.spent and meters' AS what, id, name, first_day, spent AS one, metered AS other FROM overlapping WHERE spent <> metered
  UNION ALL
  SELECT 'budget_periods.held and grants', id, name, first_day, held, lent FROM overlapping WHERE held <> lent
)
SELECT jsonb_build_object(
  'charges', (m.charges - r.charges)::text, 'requests', (m.requests - r.requests)::text,
  'amount', trim_scale(m.amount - r.amount)::text, 'cost', trim_scale(m.cost - r.cost)::text, 'direct', trim_scale(m.direct - r.direct)::text,
  'budgets', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'spent', trim_scale(spent)::text) ORDER BY id), '[]') FROM covering),
  'detail', (SELECT coalesce(jsonb_agg(jsonb_build_object('what', what, 'budgetId', id, 'name', name, 'firstDay', first_day,
      'expected', trim_scale(other)::text, 'found', trim_scale(one)::text) ORDER BY id, first_day), '[]')
    FROM (SELECT * FROM contradictions ORDER BY id, first_day LIMIT 100) AS named)) AS books
FROM metered m, recent r
