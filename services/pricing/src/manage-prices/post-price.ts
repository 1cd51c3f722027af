import { Inject, Injectable } from '@nestjs/common';
import { Decimal, ModelPrices, RatingError, type Price } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, OutboxRelay, TenantDatabase, writeOutbox } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { v7 as uuidV7 } from 'uuid';
import { nextChange } from '../db/next-change';
import { priceOfRow, type PriceRow } from '../hold-catalogue/catalogue-loader';
import { conditionKey } from '../hold-catalogue/condition-key';
import { modelRecord, priceRecord } from '../publish-catalogue/catalogue-records';
import { placeVersion, type Validity } from './place-version';
import type { PostPrice, PriceView } from './price.schema';

/**
 * Adds a version of a list price. What was valid at its start ends there; nothing that was rated before changes. Usage that waited for it is charged a moment
 * later.
 */
@Injectable()
export class PricePoster {
  constructor(
    private readonly database: TenantDatabase,
    private readonly relay: OutboxRelay,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  run(body: PostPrice, by: string): Promise<PriceView> {
    return this.database.run(NO_ORGANIZATION, (manager) => {
      this.database.afterCommit(() => this.relay.nudge());
      return this.#post(manager, body, by);
    });
  }

  async #post(manager: EntityManager, body: PostPrice, by: string): Promise<PriceView> {
    const change = await nextChange(manager);
    const versions = await versionsOf(manager, body);
    const { from, to, ended } = placeVersion(
      versions.map(validityOf),
      body.validFrom === undefined ? undefined : Date.parse(body.validFrom),
      this.clock.now(),
    );
    const price: Price = {
      version: uuidV7(),
      provider: body.provider,
      model: body.model,
      unit: body.unit,
      amount: Decimal.parse(body.amount).toString(),
      currency: body.currency,
      per: body.per ?? (body.unit.endsWith('_tokens') || body.unit === 'characters' ? '1000000' : '1'),
      conditions: body.conditions,
      validFrom: textOf(from),
      validTo: textOf(to),
    };
    assertApplicable(price);
    const before = versions.find(({ version }) => version === ended?.version);
    if (before) {
      const earlier = priceOfRow(before);
      if (earlier.amount === price.amount && earlier.currency === price.currency && earlier.per === price.per) throw unchanged(price);
      await manager.query('UPDATE list_prices SET valid_to = $2, change = $3 WHERE version = $1', [
        before.version,
        price.validFrom || null,
        change,
      ]);
      // One that the new version replaces from its very start has the same key in the directory and vanishes there.
      if (earlier.validFrom !== price.validFrom)
        await writeOutbox(manager, [priceRecord({ ...earlier, conditions: before.conditions, validTo: price.validFrom })]);
    }
    const source = `posted by ${by}`;
    await manager.query(
      `INSERT INTO list_prices (version, provider, model, unit, condition_key, conditions, amount, currency, per, valid_from, valid_to, source, change)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12, $13)`,
      [
        price.version,
        price.provider,
        price.model,
        price.unit,
        conditionKey(price.conditions),
        JSON.stringify(price.conditions),
        price.amount,
        price.currency,
        price.per,
        price.validFrom || null,
        price.validTo || null,
        source,
        change,
      ],
    );
    await addModel(manager, body);
    await writeOutbox(manager, [priceRecord({ ...price, conditions: { ...price.conditions } })]);
    return { ...price, conditions: { ...price.conditions }, validFrom: price.validFrom || null, validTo: price.validTo || null, source };
  }
}

async function versionsOf(manager: EntityManager, { provider, model, unit, conditions }: PostPrice): Promise<PriceRow[]> {
  return (await manager.query(
    `SELECT * FROM list_prices WHERE provider = $1 AND model = $2 AND unit = $3 AND condition_key = $4
       AND (valid_from IS DISTINCT FROM valid_to OR valid_from IS NULL)`,
    [provider, model, unit, conditionKey(conditions)],
  )) as PriceRow[];
}

function validityOf({ version, valid_from, valid_to }: PriceRow): Validity {
  return { version, from: valid_from?.getTime() ?? Number.NEGATIVE_INFINITY, to: valid_to?.getTime() ?? Number.POSITIVE_INFINITY };
}

function textOf(epochMs: number): string {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : '';
}

/** A price for a model that the catalogue lacks makes it known, so that it can be called by its name. */
async function addModel(manager: EntityManager, { provider, model, modality = 'chat' }: PostPrice): Promise<void> {
  const added = (await manager.query(
    `INSERT INTO models (provider, model, modality, max_input_tokens, max_output_tokens) VALUES ($1, $2, $3, 0, 0) ON CONFLICT DO NOTHING RETURNING model`,
    [provider, model, modality],
  )) as unknown[];
  if (added.length === 0) return;
  await writeOutbox(manager, [modelRecord({ provider, model, modality, maxInputTokens: 0, maxOutputTokens: 0, deprecationDate: '' })]);
}

/** Rating would find out too late that a condition cannot be read. */
function assertApplicable(price: Price): void {
  try {
    new ModelPrices([price]);
  } catch (error) {
    if (!(error instanceof RatingError)) throw error;
    throw new Problem({
      status: 400,
      code: 'price_not_applicable',
      title: 'The price cannot be applied',
      detail: error.message,
      fix: 'Conditions are attributes with their value, min_input_tokens_above with a number, time_of_day with HH:MM-HH:MM in UTC, or weekdays such as 6,7.',
    });
  }
}

function unchanged({ provider, model, unit, amount }: Price): Problem {
  return new Problem({
    status: 409,
    code: 'price_unchanged',
    title: 'That is the price already',
    detail: `${provider}/${model} costs ${amount} for ${unit} then already.`,
    fix: 'Nothing is to be done; see GET /api/v1/prices.',
  });
}
