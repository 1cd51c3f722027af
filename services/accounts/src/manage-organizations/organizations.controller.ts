import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Idempotent, IdParam, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { idOfCursor, pageById, pageOf, PageQuery } from '../http/pages';
import { CreateOrganizationHandler } from './create-organization.handler';
import { OrganizationFinder } from './find-organizations';
import { createOrganization, organization, updateOrganization } from './organization.schema';
import { UpdateOrganizationHandler } from './update-organization.handler';

export class CreateOrganizationBody extends createZodDto(createOrganization) {}
export class UpdateOrganizationBody extends createZodDto(updateOrganization) {}
export class Organization extends createZodDto(organization) {}
export class OrganizationPage extends createZodDto(pageOf(organization)) {}
export class CreatedOrganization extends createZodDto(
  organization.extend({ adminKey: z.string().nullable().describe('Shown this once; null when an Idempotency-Key is replayed') }),
) {}

@ApiTags('Organizations')
@Controller('api/v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly creator: CreateOrganizationHandler,
    private readonly updater: UpdateOrganizationHandler,
    private readonly finder: OrganizationFinder,
  ) {}

  @Post()
  @RequireScope('operator')
  @Idempotent({ secretMembers: ['adminKey'] })
  @ApiOperation({ summary: 'Create an organisation and its first admin key' })
  @ZodResponse({ status: 201, type: CreatedOrganization })
  create(@CurrentCaller() caller: Caller, @Body() body: CreateOrganizationBody) {
    return this.creator.run(caller, body);
  }

  @Get()
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'admin', 'operator')
  @ApiOperation({ summary: 'List organisations: all for the operator, the own one for its keys' })
  @ZodResponse({ status: 200, type: OrganizationPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: PageQuery) {
    return pageById(await this.finder.some(caller, idOfCursor(query.cursor), query.limit + 1), query.limit);
  }

  @Get(':id')
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'admin', 'operator')
  @ApiOperation({ summary: 'Show an organisation' })
  @ZodResponse({ status: 200, type: Organization })
  show(@CurrentCaller() caller: Caller, @IdParam('organization') id: string) {
    return this.finder.one(caller, id);
  }

  @Patch(':id')
  @RequireScope('admin', 'operator')
  @ApiOperation({
    summary: 'Change an organisation',
    description:
      'Its admins change name, address and tag rules; country, legal name, VAT id and status are the operator’s. Currency and time zone are fixed.',
  })
  @ZodResponse({ status: 200, type: Organization })
  change(@CurrentCaller() caller: Caller, @IdParam('organization') id: string, @Body() body: UpdateOrganizationBody) {
    return this.updater.run(caller, id, body);
  }
}
