-- Alerts and how they reach their receivers.

-- Only ever added to: what was told stays told.
CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  type text NOT NULL,
  budget_id uuid,
  name text NOT NULL,
  period_start timestamptz,
  -- Percent; null where no threshold is meant.
  threshold text,
  spent numeric,
  amount numeric,
  currency text NOT NULL,
  -- The `data` of the webhook's body.
  data jsonb NOT NULL,
  raised_at timestamptz NOT NULL
);
CREATE INDEX alerts_by_organization ON alerts (organization_id, id);

-- What has fired and is not armed again: an alert fires once per subject and mark.
CREATE TABLE fired (
  organization_id uuid NOT NULL,
  -- A budget's period (budget id and start), or what was parked (a digest of provider, model and day).
  subject text NOT NULL,
  -- A threshold's percentage, or the alert's type.
  mark text NOT NULL,
  alert_id uuid NOT NULL,
  PRIMARY KEY (organization_id, subject, mark)
);

CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  url text NOT NULL,
  events text[] NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'disabled')),
  disabled_reason text,
  -- AES-256-GCM, bound to organisation and endpoint.
  sealed_secret text NOT NULL,
  previous_sealed_secret text,
  previous_expires_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints (organization_id, id);

CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
  -- Null for a test.
  alert_id uuid,
  event_type text NOT NULL,
  -- The very bytes that are signed and sent, the same at every try.
  body text NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'cancelled')),
  -- Tries made since the delivery was created or redelivered by hand.
  tries int NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL,
  -- Until then another process leaves it to the one that is sending it.
  claimed_until timestamptz,
  created_at timestamptz NOT NULL,
  settled_at timestamptz
);
CREATE INDEX deliveries_due ON deliveries (next_try_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, id);

CREATE TABLE delivery_attempts (
  delivery_id uuid NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  attempt int NOT NULL,
  organization_id uuid NOT NULL,
  attempted_at timestamptz NOT NULL,
  duration_ms int NOT NULL,
  -- The HTTP status; null when there was no answer.
  status int,
  error text,
  -- The first characters of the answer.
  excerpt text,
  PRIMARY KEY (delivery_id, attempt)
);
