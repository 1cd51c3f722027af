import { Catch, type INestApplication, type INestMicroservice, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import type { BatchServer } from './batch-server';

/** A handler's error as it was thrown. Nest's own filter would turn it into "Internal server error", which tells nothing about a repetition. */
@Catch()
class BatchErrorFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Adds the server to a Nest application so that it sees the handlers' own errors. Start it with `app.startAllMicroservices()`. */
export function connectBatchServer(app: INestApplication, server: BatchServer): INestMicroservice {
  const microservice = app.connectMicroservice({ strategy: server });
  microservice.useGlobalFilters(new BatchErrorFilter());
  return microservice;
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
