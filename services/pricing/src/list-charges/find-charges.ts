import { Injectable } from '@nestjs/common';
import { TenantDatabase } from '@tollgate/platform/database';
import { decodeCursor, page, Problem, type Page } from '@tollgate/platform/http';
import { z } from 'zod';
import type { ChargeRow } from '../db/read-charges';
import { chargeView } from './charge-view';
import type { ChargeQuery, ChargeView } from './charge.schema';

const position = z.tuple([z.iso.datetime(), z.uuid()]);

/** Columns that a filter compares with its value. */
const EQUAL = {
  project: 'project',
  team: 'team',
  env: 'env',
  feature: 'feature',
  provider: 'provider',
  model: 'model',
  key: 'key_id',
  requestId: 'request_id',
  eventId: 'event_id',
} as const;

/** The organisation's charges, the newest first. */
@Injectable()
export class ChargeFinder {
  constructor(private readonly database: TenantDatabase) {}

  async find(organizationId: string, query: ChargeQuery): Promise<Page<ChargeView>> {
    const { from, to, estimated, cursor, limit } = query;
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) throw wrongWayRound();
    const after = decodeCursor(cursor, position);
    const values: unknown[] = [organizationId];
    const conditions = ['organization_id = $1'];
    const where = (sql: (parameter: string) => string, value: unknown) => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(sql(`$${values.length}`));
    };
    for (const [name, column] of Object.entries(EQUAL)) where((parameter) => `${column} = ${parameter}`, query[name as keyof typeof EQUAL]);
    where((parameter) => `occurred_at >= ${parameter}`, from);
    where((parameter) => `occurred_at < ${parameter}`, to);
    where((parameter) => `estimated = ${parameter}`, estimated);
    if (after) {
      values.push(...after);
      conditions.push(`(occurred_at, charge_id) < ($${values.length - 1}, $${values.length})`);
    }
    values.push(limit + 1);
    const sql = `SELECT * FROM charges WHERE ${conditions.join(' AND ')} ORDER BY occurred_at DESC, charge_id DESC LIMIT $${values.length}`;
    const rows = await this.database.run(organizationId, (manager) => manager.query(sql, values) as Promise<ChargeRow[]>);
    return page(rows.map(chargeView), limit, ({ occurredAt, id }) => [occurredAt, id]);
  }
}

function wrongWayRound(): Problem {
  return new Problem({
    status: 400,
    code: 'invalid_period',
    title: 'The period is the wrong way round',
    detail: '`from` is not before `to`.',
    fix: 'Send from before to; the period is half-open, so to itself is not included.',
  });
}
