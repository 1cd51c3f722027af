import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@tollgate/platform/http';
import { ApiDocuments } from './api-document';
import type { OpenApiDocument } from './open-api';

@ApiTags('Reference')
@Public()
@Controller('api/v1/openapi.json')
export class OpenApiController {
  constructor(private readonly documents: ApiDocuments) {}

  @Get()
  @Header('cache-control', 'no-cache')
  @Header('access-control-allow-origin', '*')
  @ApiOperation({
    summary: 'This document',
    description: 'OpenAPI 3.1 of every service and of the gateway. `x-degraded` names services that did not answer.',
  })
  @ApiOkResponse({ description: 'An OpenAPI 3.1 document' })
  async show(): Promise<OpenApiDocument> {
    return (await this.documents.current()).document;
  }
}
