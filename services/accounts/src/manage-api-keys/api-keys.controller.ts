import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Idempotent, IdParam, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { idOfCursor, pageById, pageOf, PageQuery } from '../http/pages';
import { rowScope } from '../http/row-scope';
import { apiKey, createApiKey, issuedApiKey, rotateApiKey } from './api-key.schema';
import { CreateApiKeyHandler } from './create-api-key.handler';
import { ApiKeyFinder } from './find-api-keys';
import { RevokeApiKeyHandler } from './revoke-api-key.handler';
import { RotateApiKeyHandler } from './rotate-api-key.handler';

const shownOnce = { key: z.string().nullable().describe('Shown this once; null when an Idempotency-Key is replayed') };

export class CreateApiKeyBody extends createZodDto(createApiKey) {}
export class RotateApiKeyBody extends createZodDto(rotateApiKey) {}
export class ApiKey extends createZodDto(apiKey) {}
export class IssuedApiKey extends createZodDto(issuedApiKey.extend(shownOnce)) {}
export class ApiKeyPage extends createZodDto(pageOf(apiKey)) {}

@ApiTags('API keys')
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly creator: CreateApiKeyHandler,
    private readonly rotator: RotateApiKeyHandler,
    private readonly revoker: RevokeApiKeyHandler,
    private readonly finder: ApiKeyFinder,
  ) {}

  @Post()
  @RequireScope('admin', 'operator')
  @Idempotent({ secretMembers: ['key'] })
  @ApiOperation({ summary: 'Create a key', description: 'The key works at once and is shown in this answer alone.' })
  @ZodResponse({ status: 201, type: IssuedApiKey })
  create(@CurrentCaller() caller: Caller, @Body() body: CreateApiKeyBody) {
    return this.creator.run(caller, rowScope(caller), body);
  }

  @Get()
  @RequireScope('admin', 'operator')
  @ApiOperation({ summary: 'List keys', description: 'An operator that names no organisation sees its own keys.' })
  @ZodResponse({ status: 200, type: ApiKeyPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: PageQuery) {
    return pageById(await this.finder.some(rowScope(caller), idOfCursor(query.cursor), query.limit + 1), query.limit);
  }

  @Get(':id')
  @RequireScope('admin', 'operator')
  @ApiOperation({ summary: 'Show a key, without the key itself' })
  @ZodResponse({ status: 200, type: ApiKey })
  show(@CurrentCaller() caller: Caller, @IdParam('API key') id: string) {
    return this.finder.one(rowScope(caller), id);
  }

  @Post(':id/rotate')
  @RequireScope('admin', 'operator')
  @Idempotent({ secretMembers: ['key'] })
  @ApiOperation({
    summary: 'Replace a key under the same id',
    description: 'The replaced key goes on working for overlapSeconds. A key that an earlier rotation still let on ends now.',
  })
  @ZodResponse({ status: 200, type: IssuedApiKey })
  rotate(@CurrentCaller() caller: Caller, @IdParam('API key') id: string, @Body() body: RotateApiKeyBody) {
    return this.rotator.run(caller, rowScope(caller), id, body.overlapSeconds);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin', 'operator')
  @ApiOperation({ summary: 'Revoke a key for good', description: 'Every gateway refuses it within 5 seconds.' })
  @ApiNoContentResponse({ description: 'The key is revoked' })
  async revoke(@CurrentCaller() caller: Caller, @IdParam('API key') id: string): Promise<void> {
    await this.revoker.run(caller, rowScope(caller), id);
  }
}
