import { Injectable } from '@nestjs/common';
import { TenantDatabase } from '@tollgate/platform/database';
import type { DimensionFilter, DimensionName } from './dimension-columns';
import { countParked } from './parked-count';
import { spendStatement, type SpendPosition } from './spend.sql';
import { segmentsOf, type Granularity, type TimeRange } from './time-range';

/** Sums as PostgreSQL wrote them: decimal text without trailing zeros. */
export interface SpendSums {
  readonly charges: string;
  readonly requests: string;
  readonly estimated: string;
  readonly amount: string;
  readonly cost: string;
  readonly direct: string;
  readonly latency_ms_sum: string;
  readonly latency_count: string;
  readonly first_token_ms_sum: string;
  readonly first_token_count: string;
}

/** The sums of one group in one bucket. */
export interface SpendRow extends SpendSums {
  readonly start: string | null;
  /** The values of `groupBy`, in its order; '' is untagged. */
  readonly group: string[];
  readonly quantities: Record<string, string>;
}

/** What the rollups say. `rows` may hold one more than the limit: there is another page. */
export interface SpendAnswer {
  readonly totals: SpendSums;
  readonly quantities: Record<string, string>;
  readonly rows: SpendRow[];
  readonly parked: number;
}

/** Reads spend and usage out of the rollups of one organisation. */
@Injectable()
export class SpendReader {
  constructor(private readonly database: TenantDatabase) {}

  /** `range` comes in whole local hours of `timeZone`. */
  async read(question: {
    organizationId: string;
    timeZone: string;
    range: TimeRange;
    granularity: Granularity;
    groupBy: readonly DimensionName[];
    filter: DimensionFilter;
    limit: number;
    after: SpendPosition | undefined;
  }): Promise<SpendAnswer> {
    const { organizationId, range, filter } = question;
    const segments = segmentsOf(range, question.timeZone, question.granularity);
    const { text, values } = spendStatement({ ...question, segments });
    return this.database.run(organizationId, async (em) => {
      const [row]: { answer: Omit<SpendAnswer, 'parked'> }[] = await em.query(text, values);
      if (!row) throw new Error('the statement answers one row');
      return { ...row.answer, parked: await countParked(em, organizationId, range, filter) };
    });
  }
}
