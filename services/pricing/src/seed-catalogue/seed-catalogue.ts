import type { Clock } from '@tollgate/platform/config';
import { writeOutbox, type ConsumerDatabase, type Sql } from '@tollgate/platform/database';
import { fxRecord, isRecentRate, modelRecord, priceRecord } from '../publish-catalogue/catalogue-records';
import type { SeedData, SeedModel, SeedRate } from './read-data';
import { seedPrices } from './seed-prices';

/** What a seeding changed. */
export interface Seeded {
  readonly models: number;
  readonly prices: number;
  readonly rates: number;
}

/**
 * Brings models, list prices and rates up to the data files, and tells the other services of what changed. Does nothing when these files were taken before;
 * prices that an operator posted stay. Runs as the owner, at migration.
 */
export async function seedCatalogue(database: ConsumerDatabase, data: SeedData, clock: Clock): Promise<Seeded> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<{ change: string; snapshot: string }>('SELECT change, snapshot FROM catalogue_state FOR UPDATE');
    const state = rows[0]!;
    if (state.snapshot === data.digest) return { models: 0, prices: 0, rates: 0 };
    const change = BigInt(state.change) + 1n;
    const now = clock.now();
    const models = await seedModels(tx, data.models);
    const prices = await seedPrices(tx, data, change, now);
    const rates = await seedRates(tx, data.rates, change);
    await writeOutbox(tx, [
      ...models.map(modelRecord),
      ...prices.map(priceRecord),
      ...rates.filter(({ date }) => isRecentRate(date, now)).map((rate) => fxRecord({ ...rate, source: 'ECB' })),
    ]);
    await tx.query('UPDATE catalogue_state SET change = $1, snapshot = $2', [change, data.digest]);
    return { models: models.length, prices: prices.length, rates: rates.length };
  });
}

/** Returns the models that are new or say something else than before. */
async function seedModels(tx: Sql, models: readonly SeedModel[]): Promise<SeedModel[]> {
  const { rows } = await tx.query<{ provider: string; model: string }>(
    `INSERT INTO models AS known (provider, model, modality, max_input_tokens, max_output_tokens, deprecation_date)
     SELECT provider, model, modality, max_input, max_output, nullif(deprecation, '')::date
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
       AS m (provider, model, modality, max_input, max_output, deprecation)
     ON CONFLICT (provider, model) DO UPDATE SET modality = excluded.modality, max_input_tokens = excluded.max_input_tokens,
       max_output_tokens = excluded.max_output_tokens, deprecation_date = excluded.deprecation_date
     WHERE (known.modality, known.max_input_tokens, known.max_output_tokens, known.deprecation_date)
       IS DISTINCT FROM (excluded.modality, excluded.max_input_tokens, excluded.max_output_tokens, excluded.deprecation_date)
     RETURNING provider, model`,
    [
      models.map(({ provider }) => provider),
      models.map(({ model }) => model),
      models.map(({ modality }) => modality),
      models.map(({ maxInputTokens }) => maxInputTokens),
      models.map(({ maxOutputTokens }) => maxOutputTokens),
      models.map(({ deprecationDate }) => deprecationDate),
    ],
  );
  const changed = new Set(rows.map(({ provider, model }) => `${provider}/${model}`));
  return models.filter(({ provider, model }) => changed.has(`${provider}/${model}`));
}

/** Returns the rates that were not there yet. A rate that was published once never changes. */
async function seedRates(tx: Sql, rates: readonly SeedRate[], change: bigint): Promise<SeedRate[]> {
  const { rows } = await tx.query<SeedRate>(
    `INSERT INTO fx_rates (currency, date, rate, source, change) SELECT currency, date, rate, 'ECB', $4
     FROM unnest($1::text[], $2::date[], $3::numeric[]) AS r (currency, date, rate)
     ON CONFLICT DO NOTHING RETURNING currency, date, rate`,
    [rates.map(({ currency }) => currency), rates.map(({ date }) => date), rates.map(({ rate }) => rate), change],
  );
  return rows;
}
