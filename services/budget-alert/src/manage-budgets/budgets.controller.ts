import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { OutboxRelay, TenantDatabase, type Sql } from '@tollgate/platform/database';
import { CurrentOrganization, IdParam, Idempotent, RequireScope } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { v7 as uuidv7 } from 'uuid';
import type { Budget } from '../budget/budget';
import { sqlOf } from '../db/sql-of-manager';
import { KnownThings } from '../directory/known-things';
import { fieldProblem } from '../http/field-problem';
import { idOfCursor, pageById, pageOf } from '../http/pages';
import { viewBudgets } from './budget-view';
import * as schema from './budget.schema';
import { archiveBudget, changeBudget } from './change-budget';
import { checkedScope } from './checked-scope';
import { createBudget } from './create-budget';
import { findBudget, listBudgets } from './find-budgets';

export class CreateBudgetBody extends createZodDto(schema.createBudget) {}
export class ChangeBudgetBody extends createZodDto(schema.changeBudget) {}
export class ListBudgetsQuery extends createZodDto(schema.listBudgets) {}
export class BudgetAnswer extends createZodDto(schema.budgetView) {}
export class BudgetPage extends createZodDto(pageOf(schema.budgetView)) {}

@ApiTags('Budgets')
@Controller('api/v1/budgets')
export class BudgetsController {
  constructor(
    private readonly database: TenantDatabase,
    private readonly known: KnownThings,
    private readonly relay: OutboxRelay,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @RequireScope('billing:write')
  @Idempotent()
  @ApiOperation({
    summary: 'Create a budget',
    description: 'It counts its whole current period, and holds at every ingress within two seconds.',
  })
  @ZodResponse({ status: 201, type: BudgetAnswer })
  async create(@CurrentOrganization() organizationId: string, @Body() body: CreateBudgetBody): Promise<schema.BudgetView> {
    const budget = await this.#newBudget(organizationId, body);
    return this.#changed(organizationId, async (tx) => {
      await createBudget(tx, budget);
      return budget;
    });
  }

  @Get()
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'List budgets, newest first, each with its current period' })
  @ZodResponse({ status: 200, type: BudgetPage })
  list(@CurrentOrganization() organizationId: string, @Query() { status, cursor, limit }: ListBudgetsQuery) {
    return this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      const budgets = await listBudgets(tx, organizationId, { status, after: idOfCursor(cursor), limit: limit + 1 });
      return pageById(await viewBudgets(tx, budgets, this.clock.now()), limit);
    });
  }

  @Get(':id')
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({ summary: 'Show a budget with its current period' })
  @ZodResponse({ status: 200, type: BudgetAnswer })
  show(@CurrentOrganization() organizationId: string, @IdParam('budget') id: string): Promise<schema.BudgetView> {
    return this.#viewed(organizationId, (tx) => findBudget(tx, organizationId, id));
  }

  @Patch(':id')
  @RequireScope('billing:write')
  @ApiOperation({
    summary: 'Change name, amount, thresholds or hard limit',
    description: 'From the current period on. Scope, period and currency stay: create another budget, which counts its whole period.',
  })
  @ZodResponse({ status: 200, type: BudgetAnswer })
  change(@CurrentOrganization() organizationId: string, @IdParam('budget') id: string, @Body() body: ChangeBudgetBody) {
    return this.#changed(organizationId, (tx) => changeBudget(tx, organizationId, id, body, this.clock.now()));
  }

  @Delete(':id')
  @RequireScope('billing:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Archive a budget', description: 'It limits and tells nothing any more; its alerts stay.' })
  async archive(@CurrentOrganization() organizationId: string, @IdParam('budget') id: string): Promise<void> {
    await this.database.run(organizationId, (manager) => archiveBudget(sqlOf(manager), organizationId, id, this.clock.now()));
    this.database.afterCommit(() => this.relay.nudge());
  }

  async #newBudget(organizationId: string, body: CreateBudgetBody): Promise<Budget> {
    const { currency, timeZone } = await this.known.organization(organizationId);
    if (body.currency !== undefined && body.currency !== currency) {
      throw fieldProblem('currency', `is not the organisation's, which is ${currency}`, `Leave currency out, or send ${currency}.`);
    }
    const scope = await checkedScope(organizationId, body.scope, this.known);
    const nowMs = this.clock.now();
    const { name, period, amount, thresholds, hardLimit } = body;
    const fixed = { id: uuidv7(), organizationId, currency, timeZone, status: 'active', createdAt: nowMs, updatedAt: nowMs } as const;
    return { ...fixed, name, scope, period, amount, thresholds: thresholds.map(String), hardLimit };
  }

  async #changed(organizationId: string, work: (tx: Sql) => Promise<Budget>): Promise<schema.BudgetView> {
    const view = await this.#viewed(organizationId, work);
    // Every ingress shall know within two seconds.
    this.database.afterCommit(() => this.relay.nudge());
    return view;
  }

  #viewed(organizationId: string, work: (tx: Sql) => Promise<Budget>): Promise<schema.BudgetView> {
    return this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      const [view] = await viewBudgets(tx, [await work(tx)], this.clock.now());
      return view!;
    });
  }
}
