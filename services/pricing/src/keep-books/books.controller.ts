import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { InternalOnly, Problem } from '@tollgate/platform/http';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { OrganizationDirectory } from '../http/organization-directory';
import { periodField, timeField } from '../http/query-fields';
import { ledgerBooks } from './ledger-books';

export class BooksQuery extends createZodDto(z.strictObject({ organizationId: z.uuid(), period: periodField, cut: timeField })) {}

/** Sums of seconds are kept for an hour; older ones may be forgotten while the question travels. */
const OLDEST_CUT_MS = 55 * 60_000;

/** The ledger's side of the books (invariant 5). */
@Controller('internal/books')
export class BooksController {
  constructor(
    private readonly database: TenantDatabase,
    private readonly organizations: OrganizationDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @InternalOnly()
  async books(@Query() { organizationId, period, cut }: BooksQuery): Promise<object> {
    if (Date.parse(cut) < this.clock.now() - OLDEST_CUT_MS) throw cutTooOld();
    const { timeZone } = this.organizations.require(organizationId);
    const books = await this.database.run(organizationId, (manager) =>
      ledgerBooks(manager, { organizationId, period, timeZone, cut: Date.parse(cut) }),
    );
    return { service: 'pricing', ...books };
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
