import { Controller, Get, Inject, Query } from '@nestjs/common';
import { isPeriod } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { InternalOnly, Problem } from '@tollgate/platform/http';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { invoicingBooks } from './invoicing-books';

/** What was added by the second is kept for an hour; younger seconds than this may be pruned while the question travels. */
const OLDEST_CUT_MS = 3_300_000;

/** Which books: of one organisation and period, for charges rated before the cut. */
export class BooksQuery extends createZodDto(
  z.object({
    organizationId: z.uuid(),
    period: z.string().refine(isPeriod, 'is not a month such as 2026-10'),
    cut: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  }),
) {}

/** Invoicing's side of the books (invariant 5), for the service that compares them all. */
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
    const books = await this.database.run(organizationId, (manager) => invoicingBooks(manager, { organizationId, period, cut }));
    return { service: 'invoicing', ...books };
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
