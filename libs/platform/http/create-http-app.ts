import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SystemClock, type Clock } from '@tollgate/platform/config';
import { NestLogger, createLogger, startTelemetry } from '@tollgate/platform/observability';
import { CallerGuard } from './caller.guard';
import { exitGracefully } from './graceful-shutdown';
import { openApiDocument } from './openapi';
import { addOperationsRoutes } from './operations-routes';
import { PlatformModule } from './platform.module';
import { ProblemFilter, sendProblem } from './problem.filter';
import { Readiness } from './readiness';
import { observeRequests } from './request-telemetry';
import { ZodValidationPipe } from './zod-validation.pipe';

/** How a service's HTTP side runs. */
export interface HttpAppOptions {
  /** The service's name, such as `pricing`. */
  readonly service: string;
  /** 0 takes any free port; ask `app.getHttpServer().address()`. */
  readonly port: number;
  readonly host: string;
  /** TOLLGATE_INTERNAL_SECRET, taken from the environment when not given. Without one, guarded routes answer 401. */
  readonly internalSecret?: string;
  /** The machine's clock by default. */
  readonly clock?: Clock;
  /** Largest request body in bytes; 1 MB (1,048,576) by default. */
  readonly bodyLimit?: number;
  /** Whether SIGTERM and SIGINT close the application and exit; yes by default, no in tests. */
  readonly handleSignals?: boolean;
  /** What /openapi.json shows, for a service whose interface is not made of Nest's controllers; by default their description. */
  readonly openApi?: () => object;
  /**
   * Runs before the application listens: connect microservices (`app.connectMicroservice({ strategy })`) or add Fastify routes. What is connected here
   * is started by `createHttpApp`, after HTTP listens and without waiting for Kafka.
   */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

const BODY_LIMIT_BYTES = 1_048_576;

/**
 * Starts a service's HTTP side on Fastify: problem details for every error, zod validation, internal tokens with scopes, /healthz, /readyz, /metrics,
 * /openapi.json, one span a request, and a graceful end. It listens when this resolves.
 */
export async function createHttpApp(rootModule: Type | DynamicModule, options: HttpAppOptions): Promise<NestFastifyApplication> {
  const logger = createLogger(options.service);
  const clock = options.clock ?? new SystemClock();
  const readiness = new Readiness();
  const telemetry = startTelemetry(options.service);
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimit ?? BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(request, reply, error, logger),
  });
  const app = await NestFactory.create<NestFastifyApplication>(PlatformModule.around(rootModule, readiness, clock), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(new ZodValidationPipe());
  app.useGlobalGuards(new CallerGuard(app.get(Reflector), clock, options.internalSecret ?? process.env['TOLLGATE_INTERNAL_SECRET']));
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  acceptEmptyJson(app);
  observeRequests(fastify);
  addOperationsRoutes(fastify, readiness, options.openApi ?? (() => openApiDocument(app, options.service)));
  await options.configure?.(app);
  await app.listen(options.port, options.host);
  if (options.handleSignals ?? true) exitGracefully(app, readiness, logger, () => telemetry.shutdown());
  // Kafka may be away for long: its consumers start in the background, while /healthz already answers.
  app.startAllMicroservices().catch((error: unknown) => {
    logger.fatal({ err: error }, 'a consumer cannot start');
    process.exit(1);
  });
  logger.info({ url: await app.getUrl() }, `${options.service} listens`);
  return app;
}

/** A POST without members often comes with the JSON media type and no body; that is an empty object, not an error. Forms are not accepted. */
function acceptEmptyJson(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const parse = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', {}, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request as FastifyRequest, body.toString('utf8'), done);
  });
}
