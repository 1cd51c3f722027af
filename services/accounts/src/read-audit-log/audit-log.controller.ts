import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { idOfCursor, pageById, pageOf } from '../http/pages';
import { rowScope } from '../http/row-scope';
import { auditEntry, auditLogQuery } from './audit-log.schema';
import { AuditLogFinder } from './find-audit-entries';

export class AuditLogQuery extends createZodDto(auditLogQuery) {}
export class AuditLogPage extends createZodDto(pageOf(auditEntry)) {}

@ApiTags('Audit log')
@Controller('api/v1/audit-log')
export class AuditLogController {
  constructor(private readonly finder: AuditLogFinder) {}

  @Get()
  @RequireScope('admin', 'operator')
  @ApiOperation({
    summary: 'Read the audit log, newest first',
    description: 'Who changed what and when, with the entity before and after, never with a secret. Entries are only ever added.',
  })
  @ZodResponse({ status: 200, type: AuditLogPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: AuditLogQuery) {
    return pageById(await this.finder.some(rowScope(caller), query, idOfCursor(query.cursor)), query.limit);
  }
}
