import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentOrganization, RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { OrganizationDirectory } from '../http/organization-directory';
import { markup, putMarkup } from './markup.schema';
import { Markups } from './markups';

export class PutMarkupBody extends createZodDto(putMarkup) {}
export class Markup extends createZodDto(markup) {}

@ApiTags('Prices')
@Controller('api/v1/prices/markup')
export class MarkupsController {
  constructor(
    private readonly markups: Markups,
    private readonly organizations: OrganizationDirectory,
  ) {}

  @Get()
  @RequireScope('billing:read')
  @ApiOperation({ summary: 'Show the organisation’s mark-up on list prices' })
  @ZodResponse({ status: 200, type: Markup })
  show(@CurrentOrganization() organizationId: string) {
    return this.markups.show(organizationId);
  }

  @Put()
  @RequireScope('operator')
  @ApiOperation({ summary: 'Set the organisation’s mark-up', description: 'Counts for usage from its start on; charges made before stay.' })
  @ZodResponse({ status: 200, type: Markup })
  put(@CurrentOrganization() organizationId: string, @Body() body: PutMarkupBody) {
    this.organizations.require(organizationId);
    return this.markups.put(organizationId, body);
  }
}
