import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, TenantDatabase } from '@tollgate/platform/database';
import { decodeCursor, page, type Page } from '@tollgate/platform/http';
import { z } from 'zod';
import { canonical } from '../db/read-charges';
import type { ModelQuery, ModelView } from './model.schema';

interface ModelRow {
  readonly provider: string;
  readonly model: string;
  readonly modality: string;
  readonly max_input_tokens: string;
  readonly max_output_tokens: string;
  readonly deprecation_date: string | null;
  readonly prices: readonly PriceOfModel[];
}
interface PriceOfModel {
  readonly unit: string;
  readonly amount: string;
  readonly currency: string;
  readonly per: string;
  readonly conditions: Record<string, string>;
  readonly version: string;
}

/** Names are compared byte by byte, so that a cursor means the same whatever the database's collation. */
const FIND = `
SELECT m.*, coalesce((SELECT jsonb_agg(jsonb_build_object('unit', p.unit, 'amount', p.amount::text, 'currency', p.currency, 'per', p.per::text,
         'conditions', p.conditions, 'version', p.version) ORDER BY p.unit, (p.condition_key <> ''), p.condition_key)
    FROM list_prices p WHERE p.provider = m.provider AND p.model = m.model AND coalesce(p.valid_from, '-infinity') <= $7
      AND coalesce(p.valid_to, 'infinity') > $7), '[]') AS prices
FROM models m
WHERE ($1::text IS NULL OR m.provider = $1) AND ($2::text IS NULL OR m.modality = $2)
  AND ($3::text IS NULL OR position(lower($3) IN lower(m.provider || '/' || m.model)) > 0)
  AND ($4::text IS NULL OR (m.provider COLLATE "C", m.model COLLATE "C") > ($4, $5))
ORDER BY m.provider COLLATE "C", m.model COLLATE "C" LIMIT $6`;

const position = z.tuple([z.string(), z.string()]);

/** The catalogue, with the list prices of this moment. */
@Injectable()
export class ModelFinder {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find({ q, provider, modality, cursor, limit }: ModelQuery): Promise<Page<ModelView>> {
    const after = decodeCursor(cursor, position);
    const now = new Date(this.clock.now()).toISOString();
    const values = [provider ?? null, modality ?? null, q ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1, now];
    const rows = await this.database.run(NO_ORGANIZATION, (manager) => manager.query(FIND, values) as Promise<ModelRow[]>);
    return page(rows.map(viewOf), limit, (last) => [last.provider, last.model]);
  }
}

function viewOf(row: ModelRow): ModelView {
  return {
    id: `${row.provider}/${row.model}`,
    provider: row.provider,
    model: row.model,
    modality: row.modality,
    maxInputTokens: Number(row.max_input_tokens) || null,
    maxOutputTokens: Number(row.max_output_tokens) || null,
    deprecationDate: row.deprecation_date,
    prices: row.prices.map((price) => ({ ...price, amount: canonical(price.amount) })),
  };
}
