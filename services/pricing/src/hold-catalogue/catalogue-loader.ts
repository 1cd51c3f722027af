import { Decimal, type Price } from '@tollgate/domain';
import type { ConsumerDatabase, Sql } from '@tollgate/platform/database';
import type { Catalogue, CatalogueChanges, FxRow, MarkupVersion } from './catalogue';

/**
 * Keeps a catalogue in step with the database. Asked before every batch, so that whatever is rated after a price was posted is rated with it, in every
 * process; the question costs one row.
 */
export class CatalogueLoader {
  #loading: Promise<void> | undefined;

  constructor(
    private readonly database: ConsumerDatabase,
    readonly catalogue: Catalogue,
  ) {}

  /** Loads what has changed since the last call. */
  async refresh(): Promise<void> {
    const { rows } = await this.database.query<{ change: string }>('SELECT change FROM catalogue_state');
    if (BigInt(rows[0]!.change) <= this.catalogue.change) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    await this.#loading;
  }

  async #load(): Promise<void> {
    const known = this.catalogue.change;
    this.catalogue.apply(await this.database.transaction((tx) => readChanges(tx, known), 'repeatable read'));
  }
}

async function readChanges(tx: Sql, since: bigint): Promise<CatalogueChanges> {
  const state = await tx.query<{ change: string }>('SELECT change FROM catalogue_state');
  const prices = await tx.query<PriceRow>(
    'SELECT version, provider, model, unit, conditions, amount, currency, per, valid_from, valid_to FROM list_prices WHERE change > $1',
    [since],
  );
  const fx = await tx.query<FxRow>('SELECT currency, date, rate FROM fx_rates WHERE change > $1 ORDER BY date', [since]);
  const markups = await tx.query<MarkupRow>(
    'SELECT organization_id, valid_from, change, percent, own_connection_fee_percent FROM markups WHERE change > $1',
    [since],
  );
  return {
    change: BigInt(state.rows[0]!.change),
    prices: prices.rows.map(priceOfRow),
    fx: fx.rows,
    markups: markups.rows.map(markupOfRow),
  };
}

export interface PriceRow {
  version: string;
  provider: string;
  model: string;
  unit: string;
  conditions: Record<string, string>;
  amount: string;
  currency: string;
  per: string;
  valid_from: Date | null;
  valid_to: Date | null;
}

export function priceOfRow(row: PriceRow): Price {
  return {
    ...row,
    amount: Decimal.parse(row.amount).toString(),
    validFrom: row.valid_from?.toISOString() ?? '',
    validTo: row.valid_to?.toISOString() ?? '',
  };
}

interface MarkupRow {
  organization_id: string;
  /** pg reads -infinity as -Infinity. */
  valid_from: Date | number;
  change: string;
  percent: string;
  own_connection_fee_percent: string;
}

function markupOfRow(row: MarkupRow): MarkupVersion {
  return {
    organizationId: row.organization_id,
    validFrom: Number(row.valid_from),
    change: BigInt(row.change),
    percent: Decimal.parse(row.percent),
    feePercent: Decimal.parse(row.own_connection_fee_percent),
  };
}
