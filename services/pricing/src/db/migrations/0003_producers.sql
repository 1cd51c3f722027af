-- Which numbers of each producer's stream have arrived. Not tenants' data: a producer serves every organisation.

CREATE TABLE producer_epochs (
  producer uuid NOT NULL,
  epoch bigint NOT NULL,
  received int8multirange NOT NULL DEFAULT '{}',
  -- The last number up to which none is missing; 0 for none.
  contiguous_to bigint NOT NULL DEFAULT 0,
  -- The epoch's last number, once it is known.
  closed_at_sequence bigint,
  closed_at timestamptz,
  retired boolean NOT NULL DEFAULT false,
  -- The newest mark whose numbers have all arrived: everything that was accepted before it is in the books.
  complete_until timestamptz,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (producer, epoch)
);

-- Marks that wait for numbers still missing.
CREATE TABLE producer_marks (
  producer uuid NOT NULL,
  epoch bigint NOT NULL,
  sequence bigint NOT NULL,
  marked_at timestamptz NOT NULL,
  PRIMARY KEY (producer, epoch, sequence, marked_at)
);

-- An operator has declared what is missing of an epoch lost, with a reason.
CREATE TABLE producer_write_offs (
  producer uuid NOT NULL,
  epoch bigint NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  written_off_by text NOT NULL,
  written_off_at timestamptz NOT NULL,
  received int8multirange NOT NULL,
  PRIMARY KEY (producer, epoch)
);

GRANT SELECT ON producer_epochs, producer_marks, producer_write_offs TO tollgate_pricing, tollgate_pricing_consumer;
GRANT INSERT ON producer_write_offs TO tollgate_pricing;
GRANT INSERT, UPDATE ON producer_epochs TO tollgate_pricing_consumer;
GRANT INSERT, DELETE ON producer_marks TO tollgate_pricing_consumer;
