import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IdParam, InternalOnly, notFound } from '@tollgate/platform/http';
import { createZodDto } from 'nestjs-zod';
import { AccountsStore } from '../db/accounts-store';
import { findOrganization } from '../manage-organizations/find-organizations';
import { organizationView } from '../manage-organizations/organization-view';
import { KeyIssuer } from '../manage-api-keys/key-issuer';
import { ProjectFinder } from '../manage-projects/find-projects';
import { authenticateKey } from './authenticate-key.schema';
import { KeyAuthenticator } from './find-key-by-hash';

export class AuthenticateKeyBody extends createZodDto(authenticateKey) {}

/** What the front door and ingress ask about keys, organisations and projects that their views don't hold (yet). */
@ApiExcludeController()
@InternalOnly()
@Controller('internal')
export class InternalController {
  constructor(
    private readonly authenticator: KeyAuthenticator,
    private readonly issuer: KeyIssuer,
    private readonly store: AccountsStore,
    private readonly projects: ProjectFinder,
  ) {}

  @Post('keys/authenticate')
  @HttpCode(200)
  authenticate(@Body() body: AuthenticateKeyBody) {
    return this.authenticator.find(body.hash ?? this.issuer.hash(body.key ?? ''));
  }

  @Get('organizations/:id')
  async organization(@IdParam('organization') id: string) {
    const found = await this.store.read(id, (manager) => findOrganization(manager, id));
    if (!found) throw notFound('organization', id);
    return organizationView(found);
  }

  @Get('organizations/:id/projects/:slug')
  project(@IdParam('organization') id: string, @Param('slug') slug: string) {
    return this.projects.one(id, slug);
  }
}
