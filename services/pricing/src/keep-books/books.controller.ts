import { Controller, Get, Query } from '@nestjs/common';
import { TenantDatabase } from '@tollgate/platform/database';
import { InternalOnly } from '@tollgate/platform/http';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { OrganizationDirectory } from '../http/organization-directory';
import { periodField, timeField } from '../http/query-fields';
import { ledgerBooks } from './ledger-books';

export class BooksQuery extends createZodDto(z.strictObject({ organizationId: z.uuid(), period: periodField, cut: timeField })) {}

/** The ledger's side of the books (invariant 5). */
@Controller('internal/books')
export class BooksController {
  constructor(
    private readonly database: TenantDatabase,
    private readonly organizations: OrganizationDirectory,
  ) {}

  @Get()
  @InternalOnly()
  async books(@Query() { organizationId, period, cut }: BooksQuery): Promise<object> {
    const { timeZone } = this.organizations.require(organizationId);
    const books = await this.database.run(organizationId, (manager) =>
      ledgerBooks(manager, { organizationId, period, timeZone, cut: Date.parse(cut) }),
    );
    return { service: 'pricing', ...books };
  }
}
