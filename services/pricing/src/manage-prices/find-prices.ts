import { Injectable } from '@nestjs/common';
import { NO_ORGANIZATION, TenantDatabase } from '@tollgate/platform/database';
import { decodeCursor, page, type Page } from '@tollgate/platform/http';
import { z } from 'zod';
import { canonical } from '../db/read-charges';
import type { PriceRow } from '../hold-catalogue/catalogue-loader';
import type { PriceQuery, PriceView } from './price.schema';

interface Row extends PriceRow {
  readonly source: string;
  readonly condition_key: string;
}

const ORDER = `provider COLLATE "C", model COLLATE "C", unit COLLATE "C", condition_key COLLATE "C", coalesce(valid_from, '-infinity'), version`;
const FIND = `
SELECT * FROM list_prices
WHERE ($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR model = $2) AND ($3::text IS NULL OR unit = $3)
  AND ($4::timestamptz IS NULL OR (coalesce(valid_from, '-infinity') <= $4 AND coalesce(valid_to, 'infinity') > $4))
  AND ($5::uuid IS NULL OR (${ORDER}) > (SELECT ${ORDER} FROM list_prices WHERE version = $5))
ORDER BY ${ORDER} LIMIT $6`;

/** Versions of list prices, ended and announced ones included. */
@Injectable()
export class PriceFinder {
  constructor(private readonly database: TenantDatabase) {}

  async find({ provider, model, unit, at, cursor, limit }: PriceQuery): Promise<Page<PriceView>> {
    const values = [provider ?? null, model ?? null, unit ?? null, at ?? null, decodeCursor(cursor, z.uuid()) ?? null, limit + 1];
    const rows = await this.database.run(NO_ORGANIZATION, (manager) => manager.query(FIND, values) as Promise<Row[]>);
    return page(rows.map(viewOf), limit, ({ version }) => version);
  }
}

function viewOf(row: Row): PriceView {
  const { version, provider, model, unit, currency, per, conditions, source } = row;
  return {
    version,
    provider,
    model,
    unit,
    amount: canonical(row.amount),
    currency,
    per,
    conditions,
    validFrom: row.valid_from?.toISOString() ?? null,
    validTo: row.valid_to?.toISOString() ?? null,
    source,
  };
}
