import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { isPeriod, shiftPeriod } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { InternalOnly, Problem } from '@tollgate/platform/http';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const BOOKS = readFileSync(join(__dirname, 'books.sql'), 'utf8');
/** Seconds are kept for an hour; older ones may be pruned while the question travels. */
const OLDEST_CUT_MS = 55 * 60_000;

/** Which books: of one organisation and month, for charges rated before the cut. */
export class BooksQuery extends createZodDto(
  z.object({
    organizationId: z.uuid(),
    period: z.string().refine(isPeriod, 'is not a month such as 2026-10'),
    cut: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  }),
) {}

/** This service's side of the books (invariant 5), for the service that compares them all. */
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
    const values = [organizationId, period, `${period}-01`, `${shiftPeriod(period, 1)}-01`, new Date(cut)];
    const [row]: { books: object }[] = await this.database.run(organizationId, (manager) => manager.query(BOOKS, values));
    return { service: 'budget-alert', ...row?.books };
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
