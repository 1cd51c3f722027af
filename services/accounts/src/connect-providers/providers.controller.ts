import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Idempotent, IdParam, Problem, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { idOfCursor, pageById, pageOf, PageQuery } from '../http/pages';
import { rowScope } from '../http/row-scope';
import { ConnectProviderHandler } from './connect-provider.handler';
import { ConnectionFinder } from './find-connections';
import { connectProvider, providerConnection, updateProviderConnection } from './provider-connection.schema';
import { RemoveConnectionHandler } from './remove-connection.handler';
import { UpdateConnectionHandler } from './update-connection.handler';

export class ConnectProviderBody extends createZodDto(connectProvider) {}
export class UpdateProviderConnectionBody extends createZodDto(updateProviderConnection) {}
export class ProviderConnection extends createZodDto(providerConnection) {}
export class ProviderConnectionPage extends createZodDto(pageOf(providerConnection)) {}

@ApiTags('Providers')
@Controller('api/v1/providers')
export class ProvidersController {
  constructor(
    private readonly connector: ConnectProviderHandler,
    private readonly updater: UpdateConnectionHandler,
    private readonly remover: RemoveConnectionHandler,
    private readonly finder: ConnectionFinder,
  ) {}

  @Post()
  @RequireScope('admin', 'operator')
  @Idempotent()
  @ApiOperation({
    summary: 'Connect a provider',
    description:
      'An organisation’s own connection goes before the shared one of that provider. An operator that names no organisation makes a shared one. The secret is kept encrypted and never shown.',
  })
  @ZodResponse({ status: 201, type: ProviderConnection })
  connect(@CurrentCaller() caller: Caller, @Body() body: ConnectProviderBody) {
    refuseForeignOrganization(caller, body.organizationId);
    return this.connector.run(caller, rowScope(caller), body);
  }

  @Get()
  @RequireScope('admin', 'operator')
  @ApiOperation({ summary: 'List provider connections', description: 'An operator that names no organisation sees the shared ones.' })
  @ZodResponse({ status: 200, type: ProviderConnectionPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: PageQuery) {
    return pageById(await this.finder.some(rowScope(caller), idOfCursor(query.cursor), query.limit + 1), query.limit);
  }

  @Get(':id')
  @RequireScope('admin', 'operator')
  @ApiOperation({ summary: 'Show a provider connection' })
  @ZodResponse({ status: 200, type: ProviderConnection })
  show(@CurrentCaller() caller: Caller, @IdParam('provider connection') id: string) {
    return this.finder.one(rowScope(caller), id);
  }

  @Patch(':id')
  @RequireScope('admin', 'operator')
  @ApiOperation({
    summary: 'Change, disable or enable a provider connection',
    description: 'A base URL on another host needs the secret again.',
  })
  @ZodResponse({ status: 200, type: ProviderConnection })
  change(@CurrentCaller() caller: Caller, @IdParam('provider connection') id: string, @Body() body: UpdateProviderConnectionBody) {
    return this.updater.run(caller, rowScope(caller), id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin', 'operator')
  @ApiOperation({ summary: 'Remove a provider connection and its secret' })
  @ApiNoContentResponse({ description: 'The connection is gone' })
  async remove(@CurrentCaller() caller: Caller, @IdParam('provider connection') id: string): Promise<void> {
    await this.remover.run(caller, rowScope(caller), id);
  }
}

/** The guard has made an operator's `organizationId` the caller's; anybody else may only repeat its own. */
function refuseForeignOrganization(caller: Caller, named: string | undefined): void {
  if (named === undefined || named.toLowerCase() === caller.organizationId) return;
  throw new Problem({
    status: 403,
    code: 'forbidden',
    title: 'Not allowed',
    detail: 'The key belongs to another organisation.',
    fix: 'Leave organizationId out, or use a key of that organisation.',
  });
}
