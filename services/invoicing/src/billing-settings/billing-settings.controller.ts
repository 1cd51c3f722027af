import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, RequireScope, type Caller } from '@tollgate/platform/http';
import { ZodResponse, createZodDto } from 'nestjs-zod';
import { billingSettings, changeBillingSettings } from './billing-settings.schema';
import { ChangeSettingsHandler } from './change-settings.handler';

export class BillingSettingsView extends createZodDto(billingSettings) {}
export class ChangeBillingSettingsBody extends createZodDto(changeBillingSettings) {}

@ApiTags('Invoices')
@Controller('api/v1/billing-settings')
export class BillingSettingsController {
  constructor(private readonly handler: ChangeSettingsHandler) {}

  @Get()
  @RequireScope('billing:read', 'billing:write')
  @ApiOperation({
    summary: 'Show how an organisation is invoiced',
    description: 'An operator that names no organisation sees what holds by default.',
  })
  @ZodResponse({ status: 200, type: BillingSettingsView })
  show(@CurrentCaller() caller: Caller) {
    return this.handler.show(caller);
  }

  @Put()
  @RequireScope('billing:write')
  @ApiOperation({ summary: 'Change how an organisation is invoiced', description: 'What is left out stays as it is.' })
  @ZodResponse({ status: 200, type: BillingSettingsView })
  change(@CurrentCaller() caller: Caller, @Body() body: ChangeBillingSettingsBody) {
    return this.handler.change(caller, body);
  }
}
