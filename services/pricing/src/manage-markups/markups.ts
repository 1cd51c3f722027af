import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { OutboxRelay, TenantDatabase, writeOutbox } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import { Decimal } from '@tollgate/domain';
import type { EntityManager } from 'typeorm';
import { nextChange } from '../db/next-change';
import { canonical } from '../db/read-charges';
import { markupRecord } from '../publish-catalogue/catalogue-records';
import type { MarkupView, PutMarkup } from './markup.schema';

interface Row {
  /** pg reads -infinity as -Infinity. */
  readonly valid_from: Date | number;
  readonly percent: string;
  readonly own_connection_fee_percent: string;
}

const LIST_PRICE = { percent: '0', ownConnectionFeePercent: '0', validFrom: null };
const BEGINNING = '-infinity';

/** The organisation's price book: mark-up on shared connections, fee on its own ones. */
@Injectable()
export class Markups {
  constructor(
    private readonly database: TenantDatabase,
    private readonly relay: OutboxRelay,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  show(organizationId: string): Promise<MarkupView> {
    return this.database.run(organizationId, async (manager) => viewOf(organizationId, await versionsOf(manager, organizationId)));
  }

  /** Adds a version. It counts for usage from its start on; what was charged before stays. */
  async put(organizationId: string, body: PutMarkup): Promise<MarkupView> {
    const now = this.clock.now();
    if (body.validFrom !== undefined && Date.parse(body.validFrom) > now) throw inTheFuture();
    return this.database.run(organizationId, async (manager) => {
      this.database.afterCommit(() => this.relay.nudge());
      const change = await nextChange(manager);
      const known = await versionsOf(manager, organizationId);
      const validFrom = body.validFrom ?? (known.length === 0 ? BEGINNING : new Date(now).toISOString());
      await manager.query(
        'INSERT INTO markups (organization_id, valid_from, percent, own_connection_fee_percent, change) VALUES ($1, $2::timestamptz, $3, $4, $5)',
        [organizationId, validFrom, Decimal.parse(body.percent).toString(), Decimal.parse(body.ownConnectionFeePercent).toString(), change],
      );
      const changed = viewOf(organizationId, await versionsOf(manager, organizationId));
      const { percent, ownConnectionFeePercent } = changed;
      await writeOutbox(manager, [markupRecord({ organizationId, percent, ownConnectionFeePercent, validFrom: changed.validFrom ?? '' })]);
      return changed;
    });
  }
}

/** The newest first; of two that begin together the later one counts. */
async function versionsOf(manager: EntityManager, organizationId: string): Promise<Row[]> {
  return (await manager.query(
    `SELECT DISTINCT ON (valid_from) valid_from, percent, own_connection_fee_percent FROM markups WHERE organization_id = $1
     ORDER BY valid_from DESC, change DESC`,
    [organizationId],
  )) as Row[];
}

function viewOf(organizationId: string, rows: readonly Row[]): MarkupView {
  const [current = LIST_PRICE, ...earlier] = rows.map((row) => ({
    percent: canonical(row.percent),
    ownConnectionFeePercent: canonical(row.own_connection_fee_percent),
    validFrom: row.valid_from instanceof Date ? row.valid_from.toISOString() : null,
  }));
  return { organizationId, ...current, earlier };
}

function inTheFuture(): Problem {
  return new Problem({
    status: 400,
    code: 'markup_in_the_future',
    title: 'The mark-up begins in the future',
    detail: 'A mark-up cannot be announced: validFrom lies in the future.',
    fix: 'Set it when it begins, or leave validFrom out.',
  });
}
