import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { isPeriod } from '@tollgate/domain';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { InternalOnly, notFound } from '@tollgate/platform/http';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { OrganizationDirectory } from '../http/organization-directory';
import { readProducers } from '../track-producers/read-producers';
import { monthFinality, type MonthFinality } from './month-finality';

export class FinalityQuery extends createZodDto(
  z.strictObject({
    organizationId: z.uuid(),
    graceHours: z.coerce.number().min(0).max(2_160).default(72).describe('how long late usage is waited for after the month’s end'),
  }),
) {}

/** Whether a month can still grow (invariant 4): asked before an invoice is finalised. */
@Controller('internal/months')
export class MonthsController {
  constructor(
    private readonly database: TenantDatabase,
    private readonly organizations: OrganizationDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get(':period/final')
  @InternalOnly()
  async final(@Param('period') period: string, @Query() { organizationId, graceHours }: FinalityQuery): Promise<MonthFinality> {
    if (!isPeriod(period)) throw notFound('month', period);
    const { timeZone } = this.organizations.require(organizationId);
    const producers = await this.database.run(organizationId, (manager) => readProducers((sql) => manager.query(sql)));
    return monthFinality({ period, timeZone, graceHours }, producers, this.clock.now());
  }
}
