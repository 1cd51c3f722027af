-- A finalised invoice and its lines never change, whoever asks (invariant 6). The application's roles cannot switch these triggers off: they do not own the
-- tables.
CREATE FUNCTION refuse_finalized_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'invoice % is finalised and cannot be changed', OLD.number USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER finalized_stays BEFORE UPDATE OR DELETE ON invoices
  FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_finalized_invoice();

-- The invoice's row is locked, so that no line slips in while it is being finalised.
CREATE FUNCTION refuse_line_of_finalized() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  invoice uuid;
  state text;
BEGIN
  FOREACH invoice IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.invoice_id] WHEN 'DELETE' THEN ARRAY[OLD.invoice_id]
                                      ELSE ARRAY[OLD.invoice_id, NEW.invoice_id] END LOOP
    SELECT status INTO state FROM invoices WHERE id = invoice FOR SHARE;
    IF state IS DISTINCT FROM 'draft' THEN
      RAISE EXCEPTION 'invoice % is not a draft: its lines cannot be changed', invoice USING ERRCODE = 'restrict_violation';
    END IF;
  END LOOP;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER finalized_stays BEFORE INSERT OR UPDATE OR DELETE ON invoice_lines
  FOR EACH ROW EXECUTE FUNCTION refuse_line_of_finalized();

CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'invoices are only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON invoices FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON invoice_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
