import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { TenantDatabase } from '@tollgate/platform/database';
import { CurrentOrganization, IdParam, Idempotent, pageQuery, RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { sqlOf } from '../db/sql-of-manager';
import { idOfCursor, pageById, pageOf } from '../http/pages';
import { ChangeWebhooks } from './change-webhooks';
import { Deliveries } from './deliveries';
import { findWebhook, listWebhooks } from './webhook-rows';
import * as schema from './webhook.schema';

export class CreateWebhookBody extends createZodDto(schema.createWebhook) {}
export class ChangeWebhookBody extends createZodDto(schema.changeWebhook) {}
export class RotateSecretBody extends createZodDto(schema.rotateSecret) {}
export class WebhookPageQuery extends createZodDto(pageQuery) {}
export class WebhookAnswer extends createZodDto(schema.webhookView) {}
export class CreatedWebhook extends createZodDto(schema.createdWebhook) {}
export class RotatedSecret extends createZodDto(schema.rotatedSecret) {}
export class WebhookPage extends createZodDto(pageOf(schema.webhookView)) {}
export class DeliveryAnswer extends createZodDto(schema.deliveryView) {}
export class DeliveryPage extends createZodDto(pageOf(schema.deliveryView)) {}

@ApiTags('Webhooks')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(
    private readonly database: TenantDatabase,
    private readonly changes: ChangeWebhooks,
    private readonly deliveries: Deliveries,
  ) {}

  @Post()
  @RequireScope('billing:write')
  @Idempotent({ secretMembers: ['secret'] })
  @ApiOperation({ summary: 'Register a webhook', description: 'Its secret is shown this once. Registering sends nothing.' })
  @ZodResponse({ status: 201, type: CreatedWebhook })
  create(@CurrentOrganization() organizationId: string, @Body() body: CreateWebhookBody) {
    return this.changes.create(organizationId, body);
  }

  @Get()
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'List webhooks, newest first' })
  @ZodResponse({ status: 200, type: WebhookPage })
  list(@CurrentOrganization() organizationId: string, @Query() { cursor, limit }: WebhookPageQuery) {
    return this.database.run(organizationId, async (manager) =>
      pageById(await listWebhooks(sqlOf(manager), organizationId, idOfCursor(cursor), limit + 1), limit),
    );
  }

  @Get(':id')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'Show a webhook' })
  @ZodResponse({ status: 200, type: WebhookAnswer })
  show(@CurrentOrganization() organizationId: string, @IdParam('webhook') id: string) {
    return this.database.run(organizationId, (manager) => findWebhook(sqlOf(manager), organizationId, id));
  }

  @Patch(':id')
  @RequireScope('billing:write')
  @ApiOperation({ summary: 'Change URL or events, disable or enable' })
  @ZodResponse({ status: 200, type: WebhookAnswer })
  change(@CurrentOrganization() organizationId: string, @IdParam('webhook') id: string, @Body() body: ChangeWebhookBody) {
    return this.changes.change(organizationId, id, body);
  }

  @Delete(':id')
  @RequireScope('billing:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a webhook and its log' })
  remove(@CurrentOrganization() organizationId: string, @IdParam('webhook') id: string): Promise<void> {
    return this.changes.remove(organizationId, id);
  }

  @Post(':id/rotate')
  @RequireScope('billing:write')
  @Idempotent({ secretMembers: ['secret'] })
  @ApiOperation({ summary: 'Make a new secret', description: 'While they overlap, every webhook is signed with both.' })
  @ZodResponse({ status: 201, type: RotatedSecret })
  rotate(@CurrentOrganization() organizationId: string, @IdParam('webhook') id: string, @Body() { overlapSeconds }: RotateSecretBody) {
    return this.changes.rotate(organizationId, id, overlapSeconds);
  }

  @Post(':id/test')
  @RequireScope('billing:write')
  @ApiOperation({ summary: 'Send a test event', description: 'Its type is webhook.test; it is signed and retried like any other.' })
  @ZodResponse({ status: 201, type: DeliveryAnswer })
  test(@CurrentOrganization() organizationId: string, @IdParam('webhook') id: string) {
    return this.deliveries.sendTest(organizationId, id);
  }

  @Get(':id/deliveries')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'List what was sent, newest first, with every try' })
  @ZodResponse({ status: 200, type: DeliveryPage })
  log(@CurrentOrganization() organizationId: string, @IdParam('webhook') id: string, @Query() query: WebhookPageQuery) {
    return this.deliveries.list(organizationId, id, query);
  }

  @Post(':id/deliveries/:deliveryId/redeliver')
  @RequireScope('billing:write')
  @ApiOperation({ summary: 'Send a delivery again', description: 'With the same id and body; its tries begin anew.' })
  @ZodResponse({ status: 201, type: DeliveryAnswer })
  redeliver(
    @CurrentOrganization() organizationId: string,
    @IdParam('webhook') id: string,
    @IdParam('delivery', 'deliveryId') deliveryId: string,
  ) {
    return this.deliveries.redeliver(organizationId, id, deliveryId);
  }
}
