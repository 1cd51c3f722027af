import { SetMetadata, applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiSecurity } from '@nestjs/swagger';
import type { Caller, Scope } from './caller';
import { Problem } from './problem';

/** Who a route answers to. */
export type Access = { kind: 'public' } | { kind: 'internal' } | { kind: 'scopes'; anyOf: readonly Scope[] };

/** Metadata key of a route's `Access`. */
export const ACCESS = 'tollgate:access';

/** The header by which an operator names the organisation that the request is about. */
export const ORGANIZATION_HEADER = 'x-tollgate-organization';

/** The route needs a caller with any of the scopes. A route without one of these decorators answers to nobody. */
export function RequireScope(...anyOf: [Scope, ...Scope[]]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, { kind: 'scopes', anyOf } satisfies Access),
    ApiSecurity('key', anyOf),
    ApiHeader({
      name: ORGANIZATION_HEADER,
      required: false,
      description: 'The organisation that an operator asks about',
      schema: { type: 'string', format: 'uuid' },
    }),
  );
}

/** The route answers to services of ours alone (/internal/…). */
export function InternalOnly(): MethodDecorator & ClassDecorator {
  return SetMetadata(ACCESS, { kind: 'internal' } satisfies Access);
}

/** The route answers to everybody. */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(ACCESS, { kind: 'public' } satisfies Access);
}

/** Where the guard leaves the caller for `@CurrentCaller()`. */
export interface RequestWithCaller {
  caller?: Caller;
}

/** The `Caller` of the request. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context));

/** The id of the organisation that the request is about; 400 when an operator has not named one. */
export const CurrentOrganization = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  organizationOf(callerOf(context)),
);

/**
 * The organisation that a caller asks about.
 * @throws Problem 400 when an operator has not named one.
 */
export function organizationOf(caller: Caller): string {
  if (caller.organizationId !== null) return caller.organizationId;
  throw new Problem({
    status: 400,
    code: 'organization_required',
    title: 'Which organisation?',
    detail: 'An operator has to name the organisation that the request is about.',
    fix: `Send its id in the header ${ORGANIZATION_HEADER} or as organizationId.`,
  });
}

function callerOf(context: ExecutionContext): Caller {
  const { caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  if (!caller) throw new Error('a route without access rules has asked for its caller');
  return caller;
}
