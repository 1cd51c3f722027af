import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { isPeriod, periodBounds } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { InternalOnly, Problem } from '@tollgate/platform/http';
import { RECENT_KEPT_MS } from '../apply-charges/recent-pruner';

const BOOKS = readFileSync(join(__dirname, 'books.sql'), 'utf8');
const DAY_MS = 86_400_000;
/** Younger seconds than this may be pruned while the question travels. */
const OLDEST_CUT_MS = RECENT_KEPT_MS - 300_000;

/** Which books: of one organisation and period, for charges rated before the cut. */
export class BooksQuery extends createZodDto(
  z.object({
    organizationId: z.uuid(),
    period: z.string().refine(isPeriod, 'is not a month such as 2026-10'),
    cut: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  }),
) {}

/** Aggregation's side of the books (invariant 5), for the service that compares them all. */
@Controller('internal/books')
export class BooksController {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @InternalOnly()
  async books(@Query() { organizationId, period, cut }: BooksQuery): Promise<object> {
    if (cut < this.clock.now() - OLDEST_CUT_MS) throw cutTooOld();
    const month = periodBounds(period, 'UTC');
    const values = [organizationId, period, new Date(cut), new Date(month.start - DAY_MS), new Date(month.end + DAY_MS)];
    const [row]: { books: object }[] = await this.database.run(organizationId, (em) => em.query(BOOKS, values));
    return { service: 'aggregation', ...row?.books };
  }
}

function cutTooOld(): Problem {
  return new Problem({
    status: 400,
    code: 'cut_too_old',
    title: 'The cut is too old',
    detail: 'What was added by the second is kept for an hour, so older cuts cannot be reconstructed.',
    fix: 'Ask with a cut within the last 55 minutes.',
  });
}
