import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, openApiDocument } from '@tollgate/platform/http';
import type { FastifyInstance } from 'fastify';
import { ConsoleModule } from './app.module';
import type { ConsoleConfig } from './console.config';
import { FrontDoor } from './forward-request/front-door';
import type { OpenApiDocument } from './merge-documents/open-api';
import { OwnDocument } from './merge-documents/own-document';

/** Starts the front door; it listens when this resolves. */
export async function startConsole(config: ConsoleConfig, options: { handleSignals: boolean }): Promise<NestFastifyApplication> {
  return createHttpApp(ConsoleModule.with(config), {
    service: 'console',
    port: config.TOLLGATE_PORT,
    host: config.TOLLGATE_HOST,
    internalSecret: config.TOLLGATE_INTERNAL_SECRET,
    handleSignals: options.handleSignals,
    configure: async (app) => {
      await app.get(FrontDoor).register(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
      app.get(OwnDocument).set(() => openApiDocument(app, 'console') as unknown as OpenApiDocument);
    },
  });
}
