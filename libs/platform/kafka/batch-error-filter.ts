import { Catch, type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import type { NestMicroservice } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { BatchServer } from './batch-server';

/** A handler's error as it was thrown. Nest's own filter would turn it into "Internal server error", which tells nothing about a repetition. */
@Catch()
class BatchErrorFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Adds the server to a Nest application so that it sees the handlers' own errors. Start it with `app.startAllMicroservices()`. Nest binds
 * a handler's filters when it registers it, and registers all while connecting; therefore that is deferred until the filter is there, and
 * the module hooks, which are the application's to call, are marked as called.
 */
export function connectBatchServer(app: INestApplication, server: BatchServer): void {
  const microservice = app.connectMicroservice({ strategy: server }, { deferInitialization: true }) as NestMicroservice;
  microservice.useGlobalFilters(new BatchErrorFilter());
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
}

/** Says that the cause is hidden; counts as transient, since setting records aside for an unknown reason could set aside all of them. */
class MaskedHandlerError extends Error {
  readonly code = 'EMASKED';
}

/** The error itself, or a transient one that says what to do if Nest's default filter has masked it. */
export function unmasked(error: unknown): unknown {
  const masked =
    error !== null && typeof error === 'object' && !(error instanceof Error) && (error as { status?: unknown }).status === 'error';
  return masked ? new MaskedHandlerError('Nest masked the error of a batch handler: add the server with connectBatchServer()') : error;
}
