-- What can be called and what it costs. Reference data: no organisation, except for mark-ups.

-- The number of the newest change to prices, mark-ups or rates. Whoever changes one locks this row first, so that numbers commit in order and a reader that
-- has seen n has seen everything up to n.
CREATE TABLE catalogue_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  change bigint NOT NULL,
  snapshot text NOT NULL DEFAULT ''
);
INSERT INTO catalogue_state (change) VALUES (0);

CREATE TABLE models (
  provider text NOT NULL,
  model text NOT NULL,
  modality text NOT NULL,
  max_input_tokens bigint NOT NULL,
  max_output_tokens bigint NOT NULL,
  deprecation_date date,
  PRIMARY KEY (provider, model)
);

-- The vendor's list price, by version. Rows are only added; the one update there is ends a version's validity. Half-open validity: null is the beginning of
-- time in valid_from and open in valid_to. A version whose validity is empty was replaced before it began.
CREATE TABLE list_prices (
  version uuid PRIMARY KEY,
  provider text NOT NULL,
  model text NOT NULL,
  unit text NOT NULL,
  -- The conditions in one canonical text, so that equal ones are one price.
  condition_key text NOT NULL,
  conditions jsonb NOT NULL,
  amount numeric NOT NULL CHECK (amount >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  per numeric NOT NULL CHECK (per >= 1),
  valid_from timestamptz,
  valid_to timestamptz,
  source text NOT NULL,
  change bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)
);
CREATE UNIQUE INDEX list_prices_start ON list_prices (provider, model, unit, condition_key, (coalesce(valid_from, '-infinity')))
  WHERE valid_from IS DISTINCT FROM valid_to OR valid_from IS NULL;
CREATE INDEX list_prices_model ON list_prices (provider, model);
CREATE INDEX list_prices_change ON list_prices (change);

-- Units of a currency per euro.
CREATE TABLE fx_rates (
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  date date NOT NULL,
  rate numeric NOT NULL CHECK (rate > 0),
  source text NOT NULL,
  change bigint NOT NULL,
  PRIMARY KEY (currency, date)
);
CREATE INDEX fx_rates_change ON fx_rates (change);

-- The organisation's price book: percent on the list price of shared connections, and the fee on its own ones. The newest start at or before an event counts.
CREATE TABLE markups (
  organization_id uuid NOT NULL,
  -- The beginning of time is -infinity.
  valid_from timestamptz NOT NULL,
  percent numeric NOT NULL CHECK (percent >= -100),
  own_connection_fee_percent numeric NOT NULL CHECK (own_connection_fee_percent >= 0),
  change bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, valid_from, change)
);
CREATE INDEX markups_change ON markups (change);
ALTER TABLE markups ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON markups TO tollgate_pricing USING (organization_id = current_setting('tollgate.org', true)::uuid)
  WITH CHECK (organization_id = current_setting('tollgate.org', true)::uuid);
CREATE POLICY consumer ON markups FOR SELECT TO tollgate_pricing_consumer USING (true);

GRANT SELECT ON catalogue_state, models, list_prices, fx_rates, markups TO tollgate_pricing, tollgate_pricing_consumer;
GRANT UPDATE (change) ON catalogue_state TO tollgate_pricing;
GRANT INSERT ON models, list_prices, fx_rates, markups TO tollgate_pricing;
GRANT UPDATE (valid_to, change) ON list_prices TO tollgate_pricing;
