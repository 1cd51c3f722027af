import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentOrganization, RequireScope, pageQuery } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { ParkedFinder } from './find-parked';
import { conflictPage, parkedPage, parkedQuery } from './parked.schema';

export class ParkedUsageQuery extends createZodDto(parkedQuery) {}
export class ParkedUsagePage extends createZodDto(parkedPage) {}
export class ConflictsQuery extends createZodDto(pageQuery) {}
export class ConflictPage extends createZodDto(conflictPage) {}

@ApiTags('Charges')
@Controller('api/v1')
export class ParkedController {
  constructor(private readonly finder: ParkedFinder) {}

  @Get('parked-usage')
  @RequireScope('billing:read')
  @ApiOperation({
    summary: 'List usage that waits for a price',
    description: 'It is charged by itself once the price, rate or organisation is there.',
  })
  @ZodResponse({ status: 200, type: ParkedUsagePage })
  parked(@CurrentOrganization() organizationId: string, @Query() query: ParkedUsageQuery) {
    return this.finder.parked(organizationId, query);
  }

  @Get('conflicts')
  @RequireScope('billing:read')
  @ApiOperation({ summary: 'List events that came again with other content', description: 'The first statement stands.' })
  @ZodResponse({ status: 200, type: ConflictPage })
  conflicts(@CurrentOrganization() organizationId: string, @Query() query: ConflictsQuery) {
    return this.finder.conflicts(organizationId, query);
  }
}
