import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, CurrentOrganization, Idempotent, RequireScope, type Caller } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { OrganizationDirectory } from '../http/organization-directory';
import { periodField } from '../http/query-fields';
import { CompletenessChecker } from './check-completeness';
import { completenessView } from './completeness-view';
import { completeness, writeOff, writtenOff } from './completeness.schema';
import { WriteOffProducer } from './write-off-producer';

export class CompletenessQuery extends createZodDto(z.strictObject({ period: periodField })) {}
export class CompletenessAnswer extends createZodDto(completeness) {}
export class WriteOffBody extends createZodDto(writeOff) {}
export class WrittenOff extends createZodDto(writtenOff) {}

@ApiTags('Completeness')
@Controller('api/v1/completeness')
export class CompletenessController {
  constructor(
    private readonly checker: CompletenessChecker,
    private readonly organizations: OrganizationDirectory,
    private readonly writeOffs: WriteOffProducer,
  ) {}

  @Get()
  @RequireScope('billing:read')
  @ApiOperation({
    summary: 'Prove that the books agree',
    description:
      'Compares ledger, rollups, budgets and invoices of a month to the last digit, for charges rated before a cut 15 seconds ago, and shows how far the numbered stream of each producer has arrived.',
  })
  @ZodResponse({ status: 200, type: CompletenessAnswer })
  async show(@CurrentOrganization() organizationId: string, @Query() { period }: CompletenessQuery) {
    return completenessView(await this.checker.check(organizationId, period), period, this.organizations.require(organizationId).currency);
  }

  @Post('write-offs')
  @RequireScope('operator')
  @Idempotent()
  @ApiOperation({
    summary: 'Write off a lost producer',
    description: 'Declares what is missing of one epoch lost, with a reason that stays on record.',
  })
  @ZodResponse({ status: 201, type: WrittenOff })
  writeOff(@CurrentCaller() caller: Caller, @Body() body: WriteOffBody) {
    return this.writeOffs.run(body, caller.keyId);
  }
}
