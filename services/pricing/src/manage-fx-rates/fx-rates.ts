import { Inject, Injectable } from '@nestjs/common';
import { Decimal, utcDate } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, OutboxRelay, TenantDatabase, writeOutbox } from '@tollgate/platform/database';
import { decodeCursor, page, Problem, type Page } from '@tollgate/platform/http';
import { z } from 'zod';
import { nextChange } from '../db/next-change';
import { canonical } from '../db/read-charges';
import { fxRecord, isRecentRate } from '../publish-catalogue/catalogue-records';
import type { FxRateQuery, FxRateView, PostFxRate } from './fx-rate.schema';

const FIND = `
SELECT currency, date, rate, source FROM fx_rates
WHERE ($1::text IS NULL OR currency = $1) AND ($2::date IS NULL OR date >= $2) AND ($3::date IS NULL OR date < $3)
  AND ($4::date IS NULL OR date < $4 OR (date = $4 AND currency > $5))
ORDER BY date DESC, currency LIMIT $6`;

const position = z.tuple([z.iso.date(), z.string()]);

/** Euro reference rates. A rate that was published never changes. */
@Injectable()
export class FxRates {
  constructor(
    private readonly database: TenantDatabase,
    private readonly relay: OutboxRelay,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The newest first. */
  async find({ currency, from, to, cursor, limit }: FxRateQuery): Promise<Page<FxRateView>> {
    const after = decodeCursor(cursor, position);
    const values = [currency ?? null, from ?? null, to ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1];
    const rows = await this.database.run(NO_ORGANIZATION, (manager) => manager.query(FIND, values) as Promise<FxRateView[]>);
    return page(
      rows.map((row) => ({ ...row, rate: canonical(row.rate) })),
      limit,
      ({ date, currency: code }) => [date, code],
    );
  }

  async post({ currency, date, rate }: PostFxRate): Promise<FxRateView> {
    const now = this.clock.now();
    if (date > utcDate(now)) throw inTheFuture(date);
    const added: FxRateView = { currency, date, rate: Decimal.parse(rate).toString(), source: 'ECB' };
    return this.database.run(NO_ORGANIZATION, async (manager) => {
      this.database.afterCommit(() => this.relay.nudge());
      const change = await nextChange(manager);
      const rows = (await manager.query(
        'INSERT INTO fx_rates (currency, date, rate, source, change) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING currency',
        [currency, date, added.rate, added.source, change],
      )) as unknown[];
      if (rows.length === 0) throw exists(currency, date);
      if (isRecentRate(date, now)) await writeOutbox(manager, [fxRecord(added)]);
      return added;
    });
  }
}

function exists(currency: string, date: string): Problem {
  return new Problem({
    status: 409,
    code: 'fx_rate_exists',
    title: 'The rate is there already',
    detail: `A rate of ${currency} on ${date} was published before, and charges may have used it.`,
    fix: 'Post rates of other dates only; see GET /api/v1/fx-rates.',
  });
}

function inTheFuture(date: string): Problem {
  return new Problem({
    status: 400,
    code: 'fx_rate_in_the_future',
    title: 'The date lies in the future',
    detail: `No rate can have been published on ${date} yet.`,
    fix: 'Send the date of publication.',
  });
}
