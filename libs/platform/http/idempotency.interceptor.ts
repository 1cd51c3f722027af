import { createHash } from 'node:crypto';
import {
  Inject,
  Injectable,
  SetMetadata,
  UseInterceptors,
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { NO_ORGANIZATION, TenantDatabase } from '@tollgate/platform/database';
import type { RequestWithCaller } from './access';
import { Problem } from './problem';

const OPTIONS = 'tollgate:idempotent';

/** How an idempotent route's answer is kept. */
export interface IdempotentOptions {
  /** Members of the answer that are shown once and never stored, such as a new key: a replayed answer has null there. */
  readonly secretMembers?: readonly string[];
}

interface StoredAnswer {
  request_hash: Buffer;
  status: number | null;
  body: unknown;
}

/**
 * A POST that repeats its first answer when it comes again with the same `Idempotency-Key`, for a day. The key and the effect commit in one
 * transaction: `TenantDatabase.run` inside the handler joins it, one `run` after the other. The same key with another request is a 422; two at once
 * wait for each other. The service's schema needs `runMigrations({ idempotency: true })`, its module a provider of `TenantDatabase`.
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(OPTIONS, options),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Repeats the first answer when sent again within a day',
      schema: { type: 'string', maxLength: 255 },
    }),
  );
}

/** See `Idempotent`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(TenantDatabase) private readonly database: TenantDatabase,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & RequestWithCaller>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw badKey();
    const options = this.reflector.get<IdempotentOptions>(OPTIONS, context.getHandler());
    return from(
      this.#once(key, request, http.getResponse<FastifyReply>(), options, () => lastValueFrom(next.handle(), { defaultValue: undefined })),
    );
  }

  #once(
    key: string,
    request: FastifyRequest & RequestWithCaller,
    reply: FastifyReply,
    options: IdempotentOptions,
    handle: () => Promise<unknown>,
  ) {
    const organizationId = request.caller?.organizationId ?? NO_ORGANIZATION;
    const hash = requestHash(request);
    return this.database.run(organizationId, async (manager) => {
      await manager.query(
        "DELETE FROM idempotency_keys WHERE organization_id = $1 AND key = $2 AND created_at < now() - interval '1 day'",
        [organizationId, key],
      );
      const claimed: unknown[] = await manager.query(
        'INSERT INTO idempotency_keys (organization_id, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING key',
        [organizationId, key, hash],
      );
      if (claimed.length === 0) {
        const [stored]: StoredAnswer[] = await manager.query(
          'SELECT request_hash, status, body FROM idempotency_keys WHERE organization_id = $1 AND key = $2',
          [organizationId, key],
        );
        if (!stored || !stored.request_hash.equals(hash)) throw reusedKey();
        void reply.status(stored.status ?? 200).header('idempotency-replayed', 'true');
        return stored.body;
      }
      const body = await handle();
      await manager.query('UPDATE idempotency_keys SET status = $3, body = $4::jsonb WHERE organization_id = $1 AND key = $2', [
        organizationId,
        key,
        reply.statusCode,
        JSON.stringify(withoutSecrets(body, options.secretMembers ?? [])) ?? null,
      ]);
      return body;
    });
  }
}

function requestHash(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest();
}

function withoutSecrets(body: unknown, members: readonly string[]): unknown {
  if (members.length === 0 || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, members.includes(name) ? null : value]));
}

function badKey(): Problem {
  return new Problem({
    status: 400,
    code: 'invalid_idempotency_key',
    title: 'The idempotency key is not valid',
    detail: 'Idempotency-Key should have 1 to 255 printable characters without spaces.',
    fix: 'Send a fresh UUID for each thing that you create.',
  });
}

function reusedKey(): Problem {
  return new Problem({
    status: 422,
    code: 'idempotency_key_reused',
    title: 'The idempotency key was used before',
    detail: 'This Idempotency-Key came with another request earlier.',
    fix: 'Use a new key for a new request, or send the first request unchanged.',
  });
}
