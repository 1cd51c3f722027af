/** Names that the platform's own tables are created with. */
export interface PlatformTableNames {
  readonly schema: string;
  readonly restRole: string;
  readonly consumerRole: string | undefined;
}

/** What REST calls publish: written with their effect, published by `OutboxRelay` in the order of ids, deleted once acknowledged. */
export function outboxSql({ schema, restRole, consumerRole }: PlatformTableNames): string {
  const grants = [
    `GRANT INSERT ON ${schema}.outbox TO ${restRole}`,
    `GRANT USAGE ON SEQUENCE ${schema}.outbox_id_seq TO ${restRole}`,
    ...(consumerRole
      ? [
          `GRANT SELECT, INSERT, DELETE ON ${schema}.outbox TO ${consumerRole}`,
          `GRANT USAGE ON SEQUENCE ${schema}.outbox_id_seq TO ${consumerRole}`,
        ]
      : []),
  ];
  return `CREATE TABLE IF NOT EXISTS ${schema}.outbox (
    id bigserial PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    value bytea,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  ${grants.join(';\n  ')};`;
}

/** Answers to POSTs that carried an Idempotency-Key, kept for a day. */
export function idempotencySql({ schema, restRole }: PlatformTableNames): string {
  return `CREATE TABLE IF NOT EXISTS ${schema}.idempotency_keys (
    organization_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint,
    body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, key)
  );
  CREATE INDEX IF NOT EXISTS idempotency_keys_created_at ON ${schema}.idempotency_keys (created_at);
  ALTER TABLE ${schema}.idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  DROP POLICY IF EXISTS tenant ON ${schema}.idempotency_keys;
  CREATE POLICY tenant ON ${schema}.idempotency_keys TO ${restRole}
    USING (organization_id = current_setting('tollgate.org', true)::uuid)
    WITH CHECK (organization_id = current_setting('tollgate.org', true)::uuid);
  GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.idempotency_keys TO ${restRole};`;
}

/**
 * `keep_month_partitions(parent, months_back, months_ahead)`: makes the missing monthly partitions (UTC months) around today and a default one of a
 * table partitioned by range of a timestamptz, and moves rows that fell into the default partition to where they belong. Drops nothing.
 */
export function monthPartitionsSql(schema: string): string {
  return `CREATE OR REPLACE FUNCTION ${schema}.keep_month_partitions(parent text, months_back int DEFAULT 14, months_ahead int DEFAULT 3)
  RETURNS int LANGUAGE plpgsql SET search_path = ${schema} SET timezone = 'UTC' AS $function$
  DECLARE
    month timestamptz;
    part text;
    made int := 0;
    default_part text := parent || '_default';
    partition_column text;
  BEGIN
    SELECT a.attname INTO STRICT partition_column FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
      WHERE p.partrelid = format('%I.%I', '${schema}', parent)::regclass;
    IF to_regclass(format('%I.%I', '${schema}', default_part)) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', default_part, parent);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', default_part);
    END IF;
    FOR month IN SELECT generate_series(date_trunc('month', now()) - make_interval(months => months_back),
                                        date_trunc('month', now()) + make_interval(months => months_ahead), interval '1 month') LOOP
      part := parent || to_char(month, '_YYYY_MM');
      CONTINUE WHEN to_regclass(format('%I.%I', '${schema}', part)) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)', part, parent);
      EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                     default_part, partition_column, month, partition_column, month + interval '1 month', part);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, month, month + interval '1 month');
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
      made := made + 1;
    END LOOP;
    RETURN made;
  END $function$;`;
}
