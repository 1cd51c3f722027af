-- Budgets, what was spent and lent of them, and the meters that a new budget is counted from.
-- Lock order of every transaction: the organisations' advisory lock, applied_charges, meters, recent_totals, budget_periods (sorted), grants, alerts.

CREATE TABLE budgets (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  name text NOT NULL,
  -- Empty members match everything.
  scope_project text NOT NULL DEFAULT '',
  scope_team text NOT NULL DEFAULT '',
  scope_env text NOT NULL DEFAULT '',
  scope_feature text NOT NULL DEFAULT '',
  scope_key text NOT NULL DEFAULT '',
  scope_provider text NOT NULL DEFAULT '',
  scope_model text NOT NULL DEFAULT '',
  period text NOT NULL CHECK (period IN ('day', 'week', 'month', 'quarter', 'total')),
  amount numeric NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  time_zone text NOT NULL,
  -- Percent, ascending.
  thresholds text[] NOT NULL,
  hard_limit boolean NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'archived')),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX budgets_by_organization ON budgets (organization_id, id);

-- One row for each period of a budget that saw a charge or a grant. Never deleted.
CREATE TABLE budget_periods (
  budget_id uuid NOT NULL REFERENCES budgets (id),
  period_start timestamptz NOT NULL,
  -- Null for a budget that never resets.
  period_end timestamptz,
  -- The same bounds as local days, half-open, to be joined with the meters.
  first_day date NOT NULL,
  end_day date,
  organization_id uuid NOT NULL,
  -- The budget's amount in this period: a later change leaves past periods alone.
  amount numeric NOT NULL,
  spent numeric NOT NULL DEFAULT 0,
  -- Sum of what is left of the period's grants.
  held numeric NOT NULL DEFAULT 0 CHECK (held >= 0),
  -- Counts how often idle parts of the period's grants were called back.
  recall_round bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (budget_id, period_start)
);

-- A slice of a hard limit, lent to one holder. Every change of it happens under the lock of its period's row.
CREATE TABLE grants (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  budget_id uuid NOT NULL,
  period_start timestamptz NOT NULL,
  holder text NOT NULL,
  -- Everything that was ever added to it.
  total numeric NOT NULL,
  -- What the holder can still spend, what its running calls hold, and what its ended calls hold until they are charged.
  remaining numeric NOT NULL CHECK (remaining >= 0),
  -- open; final: the holder opens no more calls on it; ended: nothing is left; expired: its holder was not heard of.
  state text NOT NULL CHECK (state IN ('open', 'final', 'ended', 'expired')),
  created_at timestamptz NOT NULL,
  renewed_at timestamptz NOT NULL,
  -- The newest recall_round of its period that the holder has answered.
  answered_round bigint NOT NULL DEFAULT 0
);
CREATE INDEX grants_alive ON grants (budget_id, period_start) WHERE state IN ('open', 'final');

-- What a parked event holds: kept when its grant expires, until it is charged.
CREATE TABLE parked_holds (
  event_id uuid NOT NULL,
  grant_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  held numeric NOT NULL,
  parked_at timestamptz NOT NULL,
  PRIMARY KEY (event_id, grant_id)
);
CREATE INDEX parked_holds_by_grant ON parked_holds (grant_id);

-- The service's own history of charges by local day, whatever budgets there are.
CREATE TABLE meters (
  organization_id uuid NOT NULL,
  day date NOT NULL,
  -- Derived from the seven facts, which may be long.
  facts_id uuid NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  project text NOT NULL,
  team text NOT NULL,
  env text NOT NULL,
  feature text NOT NULL,
  key_id text NOT NULL,
  charges bigint NOT NULL,
  requests bigint NOT NULL,
  amount numeric NOT NULL,
  cost numeric NOT NULL,
  direct numeric NOT NULL,
  PRIMARY KEY (organization_id, day, facts_id)
);

-- Not partitioned by time: a charge's id is new once, for ever.
CREATE TABLE applied_charges (
  charge_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL
);

-- The last hour of the meters by second of rating: the books of a moment ago are the meters less what came after it.
CREATE TABLE recent_totals (
  organization_id uuid NOT NULL,
  period text NOT NULL,
  rated_second timestamptz NOT NULL,
  charges bigint NOT NULL,
  requests bigint NOT NULL,
  amount numeric NOT NULL,
  cost numeric NOT NULL,
  direct numeric NOT NULL,
  PRIMARY KEY (organization_id, period, rated_second)
);
CREATE INDEX recent_totals_by_second ON recent_totals (rated_second);

CREATE TABLE dead_letters (
  topic text NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  key text NOT NULL,
  value bytea,
  headers jsonb NOT NULL,
  reason text NOT NULL,
  appended_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition, "offset")
);
