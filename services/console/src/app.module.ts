import { Module, type DynamicModule } from '@nestjs/common';
import { CallerAuthenticator } from './authenticate-caller/caller-authenticator';
import { MeController } from './authenticate-caller/me.controller';
import { CONSOLE_CONFIG, type ConsoleConfig } from './console.config';
import { Forwarder } from './forward-request/forwarder';
import { FrontDoor } from './forward-request/front-door';
import { ApiDocuments } from './merge-documents/api-document';
import { OpenApiController } from './merge-documents/openapi.controller';
import { OwnDocument } from './merge-documents/own-document';
import { PagesController } from './show-reference/pages.controller';

@Module({})
export class ConsoleModule {
  static with(config: ConsoleConfig): DynamicModule {
    return {
      module: ConsoleModule,
      controllers: [MeController, OpenApiController, PagesController],
      providers: [{ provide: CONSOLE_CONFIG, useValue: config }, CallerAuthenticator, Forwarder, FrontDoor, OwnDocument, ApiDocuments],
    };
  }
}
