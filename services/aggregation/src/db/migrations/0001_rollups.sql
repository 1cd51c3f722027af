-- Every distinct combination of what spend is grouped by, once per organisation, so that rollup rows stay narrow. '' is untagged.
CREATE TABLE dimensions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  project text NOT NULL,
  team text NOT NULL,
  env text NOT NULL,
  feature text NOT NULL,
  key_id text NOT NULL,
  UNIQUE (organization_id, provider, model, project, team, env, feature, key_id)
);

-- The charges whose effect is in the rollups: written in the same transaction, so that no charge counts twice (invariant 3).
CREATE TABLE applied_charges (
  charge_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL
);

-- Sums of charges by hour and by day of the organisation's time zone. bucket_start is when that hour or day begins. A bucket lies within one billing
-- month, which is kept beside it so that the books can be summed without knowing the zone. Latencies count first charges alone, in milliseconds.
CREATE TABLE rollup_hour (
  organization_id uuid NOT NULL,
  bucket_start timestamptz NOT NULL,
  dimension_id bigint NOT NULL,
  period text NOT NULL,
  charges bigint NOT NULL,
  requests bigint NOT NULL,
  estimated bigint NOT NULL,
  amount numeric NOT NULL,
  cost numeric NOT NULL,
  direct numeric NOT NULL,
  latency_ms_sum bigint NOT NULL,
  latency_count bigint NOT NULL,
  first_token_ms_sum bigint NOT NULL,
  first_token_count bigint NOT NULL,
  PRIMARY KEY (organization_id, bucket_start, dimension_id, period)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE rollup_day (LIKE rollup_hour INCLUDING ALL) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- Quantities beside the sums, a row a unit. A correction may bring a quantity down.
CREATE TABLE rollup_hour_unit (
  organization_id uuid NOT NULL,
  bucket_start timestamptz NOT NULL,
  dimension_id bigint NOT NULL,
  period text NOT NULL,
  unit text NOT NULL,
  quantity numeric NOT NULL,
  PRIMARY KEY (organization_id, bucket_start, dimension_id, period, unit)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE rollup_day_unit (LIKE rollup_hour_unit INCLUDING ALL) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What the last hour (by the second of pricing's clock) added: a cut of the books is everything less what is younger than the cut.
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
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX recent_totals_rated_second ON recent_totals (rated_second);

-- Usage that had no price when it arrived. It counts as parked until the charge of the same id is applied.
CREATE TABLE parked_usage (
  event_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  period text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  project text NOT NULL,
  team text NOT NULL,
  env text NOT NULL,
  feature text NOT NULL,
  key_id text NOT NULL,
  reason text NOT NULL
);
CREATE INDEX parked_usage_by_time ON parked_usage (organization_id, occurred_at);

-- Records that could not be applied, as they came, with the reason; replayed from the topic dead-letters.aggregation.
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
