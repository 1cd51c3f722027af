-- One invoice a billing month and organisation. Seller and customer are kept as they were when it was drafted, and again when it was finalised. net, tax and
-- total are rounded to the currency's minor unit; exact_net is not.
CREATE TABLE invoices (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  period text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'finalized')),
  number text UNIQUE,
  currency text NOT NULL,
  seller jsonb NOT NULL,
  customer jsonb NOT NULL,
  purchase_order text NOT NULL DEFAULT '',
  tax_kind text NOT NULL CHECK (tax_kind IN ('domestic', 'reverse_charge', 'outside_scope')),
  tax_rate numeric NOT NULL,
  tax_note text NOT NULL,
  exact_net numeric NOT NULL,
  net numeric NOT NULL,
  tax numeric NOT NULL,
  total numeric NOT NULL,
  drafted_at timestamptz NOT NULL,
  issued_on date,
  due_on date,
  finalized_at timestamptz,
  finalized_by text,
  -- Why it was finalised before the month was final; null when it was.
  forced_reason text,
  CHECK ((status = 'finalized') = (number IS NOT NULL AND issued_on IS NOT NULL AND due_on IS NOT NULL AND finalized_at IS NOT NULL)),
  UNIQUE (organization_id, period)
);
CREATE INDEX invoices_by_id ON invoices (organization_id, id);

CREATE TABLE invoice_lines (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  invoice_id uuid NOT NULL REFERENCES invoices (id),
  position int NOT NULL,
  accrual_id bigint NOT NULL,
  generation int NOT NULL,
  -- The billing month of the charges: the invoice's own, or an earlier one whose late usage this is.
  period text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  project text NOT NULL,
  exact_amount numeric NOT NULL,
  amount numeric NOT NULL,
  tax_rate numeric NOT NULL,
  cost numeric NOT NULL,
  direct numeric NOT NULL,
  charges bigint NOT NULL,
  requests bigint NOT NULL,
  UNIQUE (invoice_id, position)
);
CREATE INDEX invoice_lines_by_organization ON invoice_lines (organization_id, period);

-- The last number of each series and year. Its row stays locked until the invoice that took the number has committed, so that none is skipped.
CREATE TABLE invoice_numbers (
  series text NOT NULL,
  year int NOT NULL,
  last int NOT NULL,
  PRIMARY KEY (series, year)
);

-- The operator's changes to the seller and the terms; the environment's are in force until there is a row.
CREATE TABLE seller_settings (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  seller jsonb NOT NULL,
  grace_hours int NOT NULL CHECK (grace_hours BETWEEN 0 AND 2160),
  payment_terms_days int NOT NULL CHECK (payment_terms_days BETWEEN 0 AND 365),
  updated_at timestamptz NOT NULL
);

-- An organisation's own; null takes the seller's.
CREATE TABLE billing_settings (
  organization_id uuid PRIMARY KEY,
  grace_hours int CHECK (grace_hours BETWEEN 0 AND 2160),
  payment_terms_days int CHECK (payment_terms_days BETWEEN 0 AND 365),
  purchase_order text NOT NULL DEFAULT '',
  updated_at timestamptz NOT NULL
);
