import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { ModelFinder } from './find-models';
import { modelPage, modelQuery } from './model.schema';

export class ModelsQuery extends createZodDto(modelQuery) {}
export class ModelPage extends createZodDto(modelPage) {}

@ApiTags('Prices')
@Controller('api/v1/models')
export class ModelsController {
  constructor(private readonly finder: ModelFinder) {}

  @Get()
  @RequireScope('inference', 'usage:write', 'billing:read', 'billing:write', 'operator')
  @ApiOperation({ summary: 'List models and what they cost' })
  @ZodResponse({ status: 200, type: ModelPage })
  list(@Query() query: ModelsQuery) {
    return this.finder.find(query);
  }
}
