-- The charge ledger. Rows are only ever added: no role of the service may change or delete one.

-- Every usage event that was taken into the books, charged or parked. Not partitioned: an id is unique for ever.
CREATE TABLE rated_events (
  event_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  -- 16 bytes of a hash over what was used, without times: the same content sent again is a duplicate, other content a conflict.
  content_hash bytea NOT NULL,
  occurred_at timestamptz NOT NULL,
  producer uuid NOT NULL,
  epoch bigint NOT NULL,
  sequence bigint NOT NULL,
  -- The event that this one corrects.
  corrects_event_id uuid
);
CREATE INDEX rated_events_time ON rated_events USING brin (occurred_at);
CREATE INDEX rated_events_corrects ON rated_events (corrects_event_id) WHERE corrects_event_id IS NOT NULL;

CREATE SEQUENCE charges_entry;
CREATE TABLE charges (
  -- The order in which entries were made.
  entry bigint NOT NULL DEFAULT nextval('charges_entry'),
  charge_id uuid NOT NULL,
  -- The event that was charged; of a correction's entries, the event that was corrected.
  event_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  rated_at timestamptz NOT NULL,
  period text NOT NULL,
  time_zone text NOT NULL,
  request_id text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  operation text NOT NULL,
  outcome smallint NOT NULL,
  -- Empty when untagged; all tags are in `tags`.
  project text NOT NULL,
  team text NOT NULL,
  env text NOT NULL,
  feature text NOT NULL,
  key_id text NOT NULL,
  currency text NOT NULL,
  cost numeric NOT NULL,
  amount numeric NOT NULL,
  direct numeric NOT NULL,
  requests smallint NOT NULL,
  estimated boolean NOT NULL,
  own_connection boolean NOT NULL,
  fx_rate numeric NOT NULL,
  -- Empty for no conversion.
  fx_date text NOT NULL,
  fx_source text NOT NULL,
  fx_stale boolean NOT NULL,
  quantities jsonb NOT NULL,
  lines jsonb NOT NULL,
  tags jsonb NOT NULL,
  -- What remains of the event: attributes, grants, latency …
  facts jsonb NOT NULL,
  corrects_charge_id uuid,
  reason text NOT NULL DEFAULT '',
  PRIMARY KEY (charge_id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX charges_organization_time ON charges (organization_id, occurred_at, charge_id);
CREATE INDEX charges_request ON charges (request_id);

-- What the newest seconds added, so that sums can be cut at a moment in the past. Kept for an hour.
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
CREATE INDEX recent_totals_second ON recent_totals (rated_second);

-- Usage that cannot be priced yet. The row goes when its charge is made.
CREATE TABLE parked_usage (
  event_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('no_price', 'no_fx_rate', 'no_organization')),
  detail text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  occurred_at timestamptz NOT NULL,
  parked_at timestamptz NOT NULL,
  period text NOT NULL,
  time_zone text NOT NULL,
  -- The encoded UsageRecorded.
  usage bytea NOT NULL,
  -- The state of the catalogue that it was last rated with.
  tried_with_change bigint NOT NULL
);
CREATE INDEX parked_usage_organization ON parked_usage (organization_id, occurred_at, event_id);
CREATE INDEX parked_usage_tried ON parked_usage (tried_with_change);

-- A known event id that came again with other content. The first stands.
CREATE TABLE conflicts (
  event_id uuid NOT NULL,
  content_hash bytea NOT NULL,
  organization_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  -- The encoded UsageRecorded that was set aside.
  usage bytea NOT NULL,
  PRIMARY KEY (event_id, content_hash)
);
CREATE INDEX conflicts_organization ON conflicts (organization_id, seen_at, event_id);

-- A known event that was accepted again, under another number. A Kafka record that is merely read again has the number of the first.
CREATE TABLE duplicates (
  event_id uuid NOT NULL,
  producer uuid NOT NULL,
  epoch bigint NOT NULL,
  sequence bigint NOT NULL,
  organization_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (event_id, producer, epoch, sequence)
);
CREATE INDEX duplicates_organization ON duplicates (organization_id, occurred_at);

-- Records of usage.recorded that could not be handled, with the reason.
CREATE TABLE dead_letters (
  topic text NOT NULL,
  "partition" int NOT NULL,
  "offset" bigint NOT NULL,
  key text NOT NULL,
  value bytea,
  headers jsonb NOT NULL,
  reason text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (topic, "partition", "offset")
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['rated_events', 'charges', 'recent_totals', 'parked_usage', 'conflicts', 'duplicates'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO tollgate_pricing USING (organization_id = current_setting(''tollgate.org'', true)::uuid)', name);
    EXECUTE format('CREATE POLICY consumer ON %I TO tollgate_pricing_consumer USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;

GRANT SELECT ON rated_events, charges, recent_totals, parked_usage, conflicts, duplicates TO tollgate_pricing;
GRANT SELECT, INSERT ON rated_events, charges, conflicts, duplicates, dead_letters TO tollgate_pricing_consumer;
GRANT SELECT, INSERT, UPDATE, DELETE ON recent_totals, parked_usage TO tollgate_pricing_consumer;
GRANT USAGE ON SEQUENCE charges_entry TO tollgate_pricing_consumer;
