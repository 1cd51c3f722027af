import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '@tollgate/platform/config';
import { ACCESS, ORGANIZATION_HEADER, type Access, type RequestWithCaller } from './access';
import { hasScope, type Caller } from './caller';
import { INTERNAL_TOKEN_HEADER, verifyInternalToken } from './internal-token';
import { Problem } from './problem';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Lets a request through when its internal token is good for the route. Routes that say nothing about access answer to nobody. */
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
    private readonly secret: string | undefined,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]);
    if (access?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & RequestWithCaller>();
    const caller = await this.#authenticate(request);
    if (!access) throw forbidden('Nobody may call this route.', 'Use a route of the OpenAPI document.');
    if (access.kind === 'internal') {
      if (caller.service === undefined)
        throw forbidden('This route is for the services themselves.', 'Use a route of the OpenAPI document.');
      request.caller = caller;
      return true;
    }
    const acting = caller.service === undefined ? actFor(caller, request) : caller;
    if (!access.anyOf.some((scope) => hasScope(acting, scope))) {
      throw forbidden(`This needs the scope ${access.anyOf.join(' or ')}.`, `Use a key with the scope ${access.anyOf.join(' or ')}.`);
    }
    request.caller = acting;
    return true;
  }

  async #authenticate(request: FastifyRequest): Promise<Caller> {
    const token = request.headers[INTERNAL_TOKEN_HEADER];
    const caller = typeof token === 'string' && this.secret ? await verifyInternalToken(token, this.secret, this.clock.now()) : undefined;
    if (caller) return caller;
    throw new Problem({
      status: 401,
      code: 'unauthenticated',
      title: 'Who are you?',
      detail: 'The request carries no valid credentials.',
      fix: 'Send a valid key as Authorization: Bearer tg_… to the front door.',
    });
  }
}

/** An operator acts for the organisation that it names; anybody else may only name its own. `organizationId` is taken out of the query. */
function actFor(caller: Caller, request: FastifyRequest): Caller {
  const query = request.query as Record<string, unknown> | undefined;
  const inQuery = query?.['organizationId'];
  if (query && inQuery !== undefined) delete query['organizationId'];
  const inBody = caller.operator ? (request.body as { organizationId?: unknown } | null | undefined)?.organizationId : undefined;
  const named = request.headers[ORGANIZATION_HEADER] ?? inQuery ?? inBody;
  if (named === undefined || named === '') return caller;
  if (typeof named !== 'string' || !UUID.test(named)) {
    throw new Problem({
      status: 400,
      code: 'invalid_request',
      title: 'The request is not valid',
      detail: `${ORGANIZATION_HEADER} (or organizationId) is not the id of an organisation.`,
      fix: 'Send one organisation by its UUID.',
    });
  }
  if (caller.operator) return { ...caller, organizationId: named.toLowerCase() };
  if (named.toLowerCase() !== caller.organizationId) {
    throw forbidden('The key belongs to another organisation.', 'Leave the organisation out, or use a key of that organisation.');
  }
  return caller;
}

function forbidden(detail: string, fix: string): Problem {
  return new Problem({ status: 403, code: 'forbidden', title: 'Not allowed', detail, fix });
}
