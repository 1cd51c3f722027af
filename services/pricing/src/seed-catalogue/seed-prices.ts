import type { Price } from '@tollgate/contracts';
import { Decimal } from '@tollgate/domain';
import type { Sql } from '@tollgate/platform/database';
import { priceOfRow, type PriceRow } from '../hold-catalogue/catalogue-loader';
import { conditionKey } from '../hold-catalogue/condition-key';
import { priceIdentity, seedVersion } from './price-version';
import type { SeedData, SeedPrice } from './read-data';

interface KnownRow extends PriceRow {
  readonly source: string;
}

/** Marks prices that came from the data files; whatever else stands in `source` was posted by an operator. */
const SEED = 'seed: ';

/**
 * Adds prices that were never known, from the beginning of time. A seeded price whose amount changed ends now and its successor begins, so that no charge
 * made before changes its meaning. Returns every version that was added or ended.
 */
export async function seedPrices(tx: Sql, data: SeedData, change: bigint, now: number): Promise<Price[]> {
  const known = await tx.query<KnownRow>('SELECT * FROM list_prices');
  const open = new Map<string, KnownRow>();
  const identities = new Set<string>();
  for (const row of known.rows) {
    const identity = priceIdentity(row);
    identities.add(identity);
    if (row.valid_to === null) open.set(identity, row);
  }
  const added: { price: SeedPrice; validFrom: string }[] = [];
  const ended: KnownRow[] = [];
  const validFrom = new Date(now).toISOString();
  for (const price of data.prices) {
    const identity = priceIdentity(price);
    const current = open.get(identity);
    if (!identities.has(identity)) added.push({ price, validFrom: '' });
    else if (current?.source.startsWith(SEED) && !isSame(current, price)) {
      ended.push(current);
      added.push({ price, validFrom });
    }
  }
  await tx.query('UPDATE list_prices SET valid_to = $2, change = $3 WHERE version = ANY($1::uuid[])', [
    ended.map(({ version }) => version),
    validFrom,
    change,
  ]);
  await insert(tx, added, SEED + data.source, change);
  return [
    ...ended.map((row) => ({ ...priceOfRow(row), conditions: row.conditions, validTo: validFrom })),
    ...added.map(({ price, validFrom: from }) => ({
      ...price,
      conditions: { ...price.conditions },
      version: seedVersion(price, from),
      validFrom: from,
      validTo: '',
    })),
  ];
}

function isSame(row: KnownRow, price: SeedPrice): boolean {
  return row.currency === price.currency && row.per === price.per && Decimal.parse(row.amount).equals(Decimal.parse(price.amount));
}

async function insert(tx: Sql, added: readonly { price: SeedPrice; validFrom: string }[], source: string, change: bigint): Promise<void> {
  await tx.query(
    `INSERT INTO list_prices (version, provider, model, unit, condition_key, conditions, amount, currency, per, valid_from, source, change)
     SELECT version, provider, model, unit, condition_key, conditions, amount, currency, per, nullif(valid_from, '')::timestamptz, $11, $12
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::numeric[], $8::text[], $9::numeric[], $10::text[])
       AS p (version, provider, model, unit, condition_key, conditions, amount, currency, per, valid_from)`,
    [
      added.map(({ price, validFrom }) => seedVersion(price, validFrom)),
      added.map(({ price }) => price.provider),
      added.map(({ price }) => price.model),
      added.map(({ price }) => price.unit),
      added.map(({ price }) => conditionKey(price.conditions)),
      added.map(({ price }) => JSON.stringify(price.conditions)),
      added.map(({ price }) => price.amount),
      added.map(({ price }) => price.currency),
      added.map(({ price }) => price.per),
      added.map(({ validFrom }) => validFrom),
      source,
      change,
    ],
  );
}
