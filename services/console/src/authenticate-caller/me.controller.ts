import { Controller, Get, Headers, Inject } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { httpJson, HttpJsonError, notFound, ORGANIZATION_HEADER, Public, serviceToken, unavailable } from '@tollgate/platform/http';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { CONSOLE_CONFIG, type ConsoleConfig } from '../console.config';
import { CallerAuthenticator } from './caller-authenticator';
import type { KnownOrganization } from './known-key';

const organization = z.object({
  id: z.uuid(),
  name: z.string(),
  country: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  status: z.enum(['active', 'suspended']),
});

export class Me extends createZodDto(
  z.object({
    keyId: z.uuid(),
    name: z.string(),
    /** Null for an operator that names none in x-tollgate-organization. */
    organization: organization.nullable(),
    operator: z.boolean(),
    scopes: z.array(z.string()),
    project: z.string().nullable(),
    tags: z.record(z.string(), z.string()),
    expiresAt: z.string().nullable(),
  }),
) {}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

@ApiTags('Me')
@Public()
@Controller('api/v1/me')
export class MeController {
  constructor(
    private readonly authenticator: CallerAuthenticator,
    @Inject(CONSOLE_CONFIG) private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiSecurity('key')
  @ApiOperation({ summary: 'Tell whose key this is and what it may do' })
  @ZodResponse({ status: 200, type: Me })
  async show(@Headers('authorization') authorization: string | undefined, @Headers(ORGANIZATION_HEADER) named: string | undefined) {
    const key = await this.authenticator.authenticate(authorization);
    const own = key.operator && named ? await this.#organization(named) : key.organization;
    return {
      keyId: key.id,
      name: key.name,
      organization: own && organization.parse(own),
      operator: key.operator,
      scopes: [...key.scopes],
      project: key.project === '' ? null : key.project,
      tags: { ...key.tags },
      expiresAt: key.expiresAt === '' ? null : key.expiresAt,
    };
  }

  async #organization(id: string): Promise<KnownOrganization> {
    if (!UUID.test(id)) throw notFound('organization', id);
    const token = await serviceToken('console', this.config.TOLLGATE_INTERNAL_SECRET, this.clock.now());
    try {
      return await httpJson<KnownOrganization>(this.config.TOLLGATE_ACCOUNTS_URL, `/internal/organizations/${id}`, {
        token,
        timeoutMs: 3_000,
      });
    } catch (error) {
      throw error instanceof HttpJsonError && error.status === 404
        ? notFound('organization', id)
        : unavailable('The organisation cannot be looked up at the moment.');
    }
  }
}
