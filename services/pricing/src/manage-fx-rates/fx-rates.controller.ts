import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Idempotent, RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { fxRate, fxRatePage, fxRateQuery, postFxRate } from './fx-rate.schema';
import { FxRates } from './fx-rates';

export class FxRatesQuery extends createZodDto(fxRateQuery) {}
export class PostFxRateBody extends createZodDto(postFxRate) {}
export class FxRate extends createZodDto(fxRate) {}
export class FxRatePage extends createZodDto(fxRatePage) {}

@ApiTags('Prices')
@Controller('api/v1/fx-rates')
export class FxRatesController {
  constructor(private readonly rates: FxRates) {}

  @Get()
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'operator')
  @ApiOperation({ summary: 'List euro reference rates' })
  @ZodResponse({ status: 200, type: FxRatePage })
  list(@Query() query: FxRatesQuery) {
    return this.rates.find(query);
  }

  @Post()
  @RequireScope('operator')
  @Idempotent()
  @ApiOperation({ summary: 'Add a reference rate', description: 'For usage of later dates. Usage that waited for a rate is charged.' })
  @ZodResponse({ status: 201, type: FxRate })
  post(@Body() body: PostFxRateBody) {
    return this.rates.post(body);
  }
}
