-- What has been charged and not been invoiced yet, by what an invoice line is made of. Finalising an invoice bumps the generation and empties the row, so
-- that (accrual_id, generation) names exactly the charges of one line. project '' is untagged. Amounts are exact, in the organisation's currency.
CREATE TABLE accruals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id uuid NOT NULL,
  period text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  currency text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  project text NOT NULL,
  generation int NOT NULL DEFAULT 0,
  accrued numeric NOT NULL DEFAULT 0,
  cost numeric NOT NULL DEFAULT 0,
  direct numeric NOT NULL DEFAULT 0,
  charges bigint NOT NULL DEFAULT 0,
  requests bigint NOT NULL DEFAULT 0,
  UNIQUE (organization_id, period, provider, model, project)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- The charges whose effect is in the accruals or on an invoice: written in the same transaction, so that no charge counts twice (invariant 3), and the way
-- back from a line to its charges.
CREATE TABLE applied_charges (
  charge_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  accrual_id bigint NOT NULL,
  generation int NOT NULL
);
CREATE INDEX applied_charges_by_line ON applied_charges (accrual_id, generation, charge_id);

-- What the last hour (by the second of pricing's clock) added: a cut of the books is everything less what is younger than the cut. The invoiced_ columns
-- say how much of it is on an invoice already.
CREATE TABLE recent_totals (
  organization_id uuid NOT NULL,
  period text NOT NULL,
  rated_second timestamptz NOT NULL,
  charges bigint NOT NULL,
  requests bigint NOT NULL,
  amount numeric NOT NULL,
  cost numeric NOT NULL,
  direct numeric NOT NULL,
  invoiced_charges bigint NOT NULL DEFAULT 0,
  invoiced_amount numeric NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, period, rated_second)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX recent_totals_rated_second ON recent_totals (rated_second);

-- Records that could not be applied, as they came, with the reason; replayed from the topic dead-letters.invoicing.
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
