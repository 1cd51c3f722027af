import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { CurrentOrganization, Problem, RequireScope, decodeCursor, encodeCursor } from '@tollgate/platform/http';
import { OrganizationDirectory } from '../organization-directory';
import type { DimensionName } from './dimension-columns';
import { SpendReader, type SpendAnswer, type SpendRow, type SpendSums } from './spend-reader';
import { SpendQuery, filterOfQuery } from './spend.query';
import { SpendResponse, UsageResponse } from './spend.response';
import { requestedRange, widenToHours, type TimeRange } from './time-range';

const position = z.strictObject({ start: z.iso.datetime({ offset: true }).nullable(), group: z.array(z.string()) });

/** What was spent and used, grouped and filtered. */
@Controller('api/v1')
@ApiTags('Spend')
@RequireScope('billing:read')
export class SpendController {
  constructor(
    private readonly reader: SpendReader,
    private readonly organizations: OrganizationDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('spend')
  @ApiOperation({ summary: 'Spend by provider, model, project, team, env, feature or key; the current month by default' })
  @ApiOkResponse({ type: SpendResponse })
  async spend(@Query() query: SpendQuery, @CurrentOrganization() organizationId: string): Promise<object> {
    const { answer, head, currency } = await this.#ask(query, organizationId);
    const sums = (row: SpendSums) => ({ amount: row.amount, cost: row.cost, direct: row.direct, ...counts(row) });
    const rows = answer.rows.slice(0, query.limit);
    return {
      currency,
      ...head,
      total: answer.totals.amount,
      totals: sums(answer.totals),
      parked: answer.parked,
      rows: rows.map((row) => ({ ...labels(row, query), ...sums(row), quantities: row.quantities })),
      next: nextOf(answer, query.limit),
    };
  }

  @Get('usage')
  @ApiOperation({ summary: 'Quantities and latencies by the same groups, without money; the current month by default' })
  @ApiOkResponse({ type: UsageResponse })
  async usage(@Query() query: SpendQuery, @CurrentOrganization() organizationId: string): Promise<object> {
    const { answer, head } = await this.#ask(query, organizationId);
    const sums = (row: SpendSums) => ({
      ...counts(row),
      latencyMsAverage: average(row.latency_ms_sum, row.latency_count),
      firstTokenMsAverage: average(row.first_token_ms_sum, row.first_token_count),
    });
    return {
      ...head,
      totals: { ...sums(answer.totals), quantities: answer.quantities },
      parked: answer.parked,
      rows: answer.rows.slice(0, query.limit).map((row) => ({ ...labels(row, query), ...sums(row), quantities: row.quantities })),
      next: nextOf(answer, query.limit),
    };
  }

  async #ask(query: SpendQuery, organizationId: string) {
    const { timeZone, currency } = this.organizations.get(organizationId);
    const { groupBy, granularity, limit } = query;
    const asked = requestedRange(query.from, query.to, this.clock.now(), timeZone);
    if (asked.from >= asked.to) throw wrongWayRound(asked);
    const range = widenToHours(asked, timeZone);
    const after = decodeCursor(
      query.cursor,
      position.refine(({ group, start }) => group.length === groupBy.length && (start === null) === (granularity === 'total')),
    );
    const answer = await this.reader.read({
      organizationId,
      timeZone,
      range,
      granularity,
      groupBy,
      filter: filterOfQuery(query),
      limit,
      after,
    });
    const widened = range.from !== asked.from || range.to !== asked.to;
    return { answer, currency, head: { from: iso(range.from), to: iso(range.to), widened, timeZone, granularity, groupBy } };
  }
}

function labels(
  row: SpendRow,
  { groupBy, granularity }: { groupBy: readonly DimensionName[]; granularity: string },
): Record<string, string | null> {
  const group = groupBy.map((name, index) => [name, row.group[index] || null] as const);
  return { ...Object.fromEntries(group), ...(granularity === 'total' || row.start === null ? {} : { start: iso(Date.parse(row.start)) }) };
}

function counts(row: SpendSums) {
  return { charges: Number(row.charges), requests: Number(row.requests), estimated: Number(row.estimated) };
}

/** Milliseconds, rounded to a whole one; null when nothing was measured. */
function average(sum: string, count: string): number | null {
  return count === '0' ? null : Math.round(Number(sum) / Number(count));
}

function nextOf({ rows }: SpendAnswer, limit: number): string | null {
  const last = rows[limit - 1];
  return rows.length > limit && last ? encodeCursor({ start: last.start, group: last.group }) : null;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function wrongWayRound({ from, to }: TimeRange): Problem {
  return new Problem({
    status: 400,
    code: 'invalid_request',
    title: 'The request is not valid',
    detail: `The span ends at ${iso(to)}, which is not after its begin at ${iso(from)}.`,
    fix: 'Send a `to` that is later than `from`.',
    errors: [{ field: 'to', detail: 'is not after from', fix: 'Send a `to` that is later than `from`.' }],
  });
}
