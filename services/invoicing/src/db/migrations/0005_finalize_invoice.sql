-- Finalises a draft of the transaction's organisation and returns its number. Runs as the owner, since no role of the application may write a number, empty
-- an accrual or take from a series. The caller holds the organisation's lock (lock_organization.sql), so nothing accrues meanwhile, and has just written the
-- lines; they are checked again here, because a wrong invoice cannot be taken back.
CREATE FUNCTION finalize_invoice(
  p_invoice uuid, p_series text, p_issued_on date, p_due_on date, p_finalized_at timestamptz, p_finalized_by text, p_forced_reason text
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = invoicing, pg_temp AS $$
DECLARE
  invoice invoices;
  sums record;
  taken int;
  invoice_number text;
BEGIN
  -- Named here too: row-level security does not bind an owner that is a superuser.
  SELECT * INTO invoice FROM invoices
    WHERE id = p_invoice AND organization_id = nullif(current_setting('tollgate.org', true), '')::uuid FOR UPDATE;
  IF NOT FOUND OR invoice.status <> 'draft' THEN
    RAISE EXCEPTION 'there is no draft %', p_invoice USING ERRCODE = 'restrict_violation';
  END IF;

  -- Each line is all that its accrual holds, and each month on the invoice is whole.
  IF EXISTS (
    SELECT FROM invoice_lines l LEFT JOIN accruals a ON a.id = l.accrual_id AND a.organization_id = invoice.organization_id
    WHERE l.invoice_id = invoice.id
      AND (a.id IS NULL OR a.generation <> l.generation OR a.accrued <> l.exact_amount OR a.charges <> l.charges OR a.period <> l.period
           OR a.period > invoice.period OR a.currency <> invoice.currency)
  ) OR EXISTS (
    SELECT FROM accruals a
    WHERE a.organization_id = invoice.organization_id AND a.charges > 0
      AND (a.period = invoice.period OR a.period IN (SELECT period FROM invoice_lines WHERE invoice_id = invoice.id))
      AND NOT EXISTS (SELECT FROM invoice_lines l WHERE l.invoice_id = invoice.id AND l.accrual_id = a.id)
  ) THEN
    RAISE EXCEPTION 'the lines of invoice % are not what has accrued', invoice.id USING ERRCODE = 'serialization_failure';
  END IF;
  SELECT coalesce(sum(amount), 0) AS net, coalesce(sum(exact_amount), 0) AS exact_net INTO sums FROM invoice_lines WHERE invoice_id = invoice.id;
  IF sums.net <> invoice.net OR sums.exact_net <> invoice.exact_net OR invoice.net + invoice.tax <> invoice.total THEN
    RAISE EXCEPTION 'invoice % does not add up', invoice.id USING ERRCODE = 'check_violation';
  END IF;

  UPDATE accruals a SET generation = a.generation + 1, accrued = 0, cost = 0, direct = 0, charges = 0, requests = 0
    FROM invoice_lines l WHERE l.invoice_id = invoice.id AND a.id = l.accrual_id;
  UPDATE recent_totals SET invoiced_charges = charges, invoiced_amount = amount
    WHERE organization_id = invoice.organization_id
      AND period IN (SELECT invoice.period UNION SELECT l.period FROM invoice_lines l WHERE l.invoice_id = invoice.id);

  INSERT INTO invoice_numbers AS n (series, year, last) VALUES (p_series, extract(year FROM p_issued_on)::int, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = n.last + 1 RETURNING last INTO taken;
  invoice_number := format('%s%s-%s', p_series, extract(year FROM p_issued_on)::int, lpad(taken::text, 6, '0'));
  UPDATE invoices SET status = 'finalized', number = invoice_number, issued_on = p_issued_on, due_on = p_due_on, finalized_at = p_finalized_at,
      finalized_by = p_finalized_by, forced_reason = p_forced_reason
    WHERE id = invoice.id;
  RETURN invoice_number;
END $$;
REVOKE ALL ON FUNCTION finalize_invoice FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finalize_invoice TO tollgate_invoicing;

-- Consumers that accrue for an organisation share this lock until their transaction ends; finalising takes it alone.
CREATE FUNCTION organization_lock(organization uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('invoicing ' || organization::text, 7401968)
$$;
