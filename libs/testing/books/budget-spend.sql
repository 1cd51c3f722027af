-- Each period of each active budget whose spend is not the sum of the ledger's charges in its scope and days. $1: one organisation, or null for all.
SELECT b.id::text AS budget_id, b.name, p.organization_id::text, p.first_day::text, trim_scale(p.spent)::text AS spent, trim_scale(l.spent)::text AS ledger
FROM budget_alert.budget_periods p
JOIN budget_alert.budgets b ON b.id = p.budget_id
CROSS JOIN LATERAL (
  SELECT coalesce(sum(c.amount + c.direct), 0) AS spent FROM pricing.charges c
  WHERE c.organization_id = p.organization_id
    AND (c.occurred_at AT TIME ZONE b.time_zone)::date >= p.first_day
    AND (p.end_day IS NULL OR (c.occurred_at AT TIME ZONE b.time_zone)::date < p.end_day)
    AND b.scope_project IN ('', c.project) AND b.scope_team IN ('', c.team) AND b.scope_env IN ('', c.env) AND b.scope_feature IN ('', c.feature)
    AND b.scope_key IN ('', c.key_id) AND b.scope_provider IN ('', c.provider) AND b.scope_model IN ('', c.model)
) l
WHERE b.status = 'active' AND ($1::uuid IS NULL OR p.organization_id = $1) AND p.spent <> l.spent
