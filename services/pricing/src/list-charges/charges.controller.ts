import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentOrganization, RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { chargePage, chargeQuery } from './charge.schema';
import { ChargeFinder } from './find-charges';

export class ChargesQuery extends createZodDto(chargeQuery) {}
export class ChargePage extends createZodDto(chargePage) {}

@ApiTags('Charges')
@Controller('api/v1/charges')
export class ChargesController {
  constructor(private readonly finder: ChargeFinder) {}

  @Get()
  @RequireScope('billing:read')
  @ApiOperation({
    summary: 'List charges, line by line',
    description: 'The newest first. A correction is an entry of its own that names the charge it corrects.',
  })
  @ZodResponse({ status: 200, type: ChargePage })
  list(@CurrentOrganization() organizationId: string, @Query() query: ChargesQuery) {
    return this.finder.find(organizationId, query);
  }
}
