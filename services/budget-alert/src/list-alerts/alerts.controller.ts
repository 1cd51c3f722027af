import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Decimal } from '@tollgate/domain';
import { TenantDatabase } from '@tollgate/platform/database';
import { CurrentOrganization, pageQuery, RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { sqlOf } from '../db/sql-of-manager';
import { idOfCursor, pageById, pageOf } from '../http/pages';
import { EVENT_TYPES } from '../raise-alerts/new-alert';

const listAlerts = pageQuery.extend({
  type: z.enum(EVENT_TYPES).optional(),
  budgetId: z.uuid().optional(),
});

const alertView = z.object({
  id: z.uuid(),
  type: z.enum(EVENT_TYPES),
  budgetId: z.uuid().nullable(),
  name: z.string(),
  periodStart: z.string().nullable(),
  threshold: z.number().nullable().describe('percent'),
  spent: z.string().nullable(),
  amount: z.string().nullable(),
  currency: z.string(),
  raisedAt: z.string(),
  data: z.record(z.string(), z.unknown()).describe("the webhook's data"),
});

export class ListAlertsQuery extends createZodDto(listAlerts) {}
export class AlertPage extends createZodDto(pageOf(alertView)) {}

interface AlertRow {
  id: string;
  type: (typeof EVENT_TYPES)[number];
  budget_id: string | null;
  name: string;
  period_start: Date | null;
  threshold: string | null;
  spent: string | null;
  amount: string | null;
  currency: string;
  data: Record<string, unknown>;
  raised_at: Date;
}

@ApiTags('Alerts')
@Controller('api/v1/alerts')
export class AlertsController {
  constructor(private readonly database: TenantDatabase) {}

  @Get()
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'List alerts, newest first', description: 'What was told; an alert never changes.' })
  @ZodResponse({ status: 200, type: AlertPage })
  list(@CurrentOrganization() organizationId: string, @Query() { type, budgetId, cursor, limit }: ListAlertsQuery) {
    return this.database.run(organizationId, async (manager) => {
      const { rows } = await sqlOf(manager).query<AlertRow>(
        `SELECT id, type, budget_id, name, period_start, threshold, spent, amount, currency, data, raised_at FROM alerts
         WHERE organization_id = $1 AND ($2::text IS NULL OR type = $2) AND ($3::uuid IS NULL OR budget_id = $3) AND ($4::uuid IS NULL OR id < $4)
         ORDER BY id DESC LIMIT $5`,
        [organizationId, type ?? null, budgetId ?? null, idOfCursor(cursor), limit + 1],
      );
      return pageById(rows.map(viewOf), limit);
    });
  }
}

function viewOf(row: AlertRow): z.output<typeof alertView> {
  const decimal = (text: string | null) => (text === null ? null : Decimal.parse(text).toString());
  return {
    id: row.id,
    type: row.type,
    budgetId: row.budget_id,
    name: row.name,
    periodStart: row.period_start?.toISOString() ?? null,
    threshold: row.threshold === null ? null : Number(row.threshold),
    spent: decimal(row.spent),
    amount: decimal(row.amount),
    currency: row.currency,
    raisedAt: row.raised_at.toISOString(),
    data: row.data,
  };
}
