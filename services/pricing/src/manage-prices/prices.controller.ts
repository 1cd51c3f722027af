import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Idempotent, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { PriceFinder } from './find-prices';
import { PricePoster } from './post-price';
import { postPrice, price, pricePage, priceQuery } from './price.schema';

export class PricesQuery extends createZodDto(priceQuery) {}
export class PostPriceBody extends createZodDto(postPrice) {}
export class ListPriceVersion extends createZodDto(price) {}
export class PricePage extends createZodDto(pricePage) {}

@ApiTags('Prices')
@Controller('api/v1/prices')
export class PricesController {
  constructor(
    private readonly finder: PriceFinder,
    private readonly poster: PricePoster,
  ) {}

  @Get()
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'operator')
  @ApiOperation({ summary: 'List versions of the vendors’ list prices' })
  @ZodResponse({ status: 200, type: PricePage })
  list(@Query() query: PricesQuery) {
    return this.finder.find(query);
  }

  @Post()
  @RequireScope('operator')
  @Idempotent()
  @ApiOperation({
    summary: 'Post a list price',
    description:
      'Adds a version: what was valid at its start ends there. Charges made before stay; usage that waited for the price is charged.',
  })
  @ZodResponse({ status: 201, type: ListPriceVersion })
  post(@CurrentCaller() caller: Caller, @Body() body: PostPriceBody) {
    return this.poster.run(body, caller.keyId);
  }
}
