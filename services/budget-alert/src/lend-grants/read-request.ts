import { status } from '@grpc/grpc-js';
import type { AcquireRequest, RenewRequest } from '@tollgate/contracts';
import { Decimal, DecimalError } from '@tollgate/domain';
import type { Ask } from './ask';
import type { Return } from './renew-grants';

/** A request that is refused with a gRPC status. */
export class RequestError extends Error {
  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_HOLDER_LENGTH = 200;

/** Throws RequestError for what can't be asked. */
export function readAsk(request: AcquireRequest): Omit<Ask, 'round' | 'lastChance'> {
  const needed = amount(request.needed, 'needed');
  return {
    holder: requireHolder(request.holder),
    budgetId: id(request.budgetId, 'budget_id'),
    organizationId: id(request.organizationId, 'organization_id'),
    grantId: request.grantId === '' ? '' : id(request.grantId, 'grant_id'),
    needed,
    wanted: request.wanted === '' ? needed : amount(request.wanted, 'wanted'),
  };
}

/** Throws RequestError for what can't be returned. */
export function readReturns(request: RenewRequest): Return[] {
  requireHolder(request.holder);
  return request.returns.map(({ grantId, amount: given, final }) => ({
    grantId: id(grantId, 'grant_id'),
    amount: given === '' ? Decimal.ZERO : amount(given, 'amount'),
    final,
  }));
}

export function requireHolder(holder: string): string {
  if (holder === '' || holder.length > MAX_HOLDER_LENGTH) throw invalid(`holder must have 1 to ${MAX_HOLDER_LENGTH} characters`);
  return holder;
}

function id(text: string, name: string): string {
  if (!UUID.test(text)) throw invalid(`${name} is not a UUID`);
  return text.toLowerCase();
}

function amount(text: string, name: string): Decimal {
  try {
    const value = Decimal.parse(text);
    if (!value.isNegative()) return value;
  } catch (error) {
    if (!(error instanceof DecimalError)) throw error;
  }
  throw invalid(`${name} is not a decimal of at least zero`);
}

function invalid(message: string): RequestError {
  return new RequestError(status.INVALID_ARGUMENT, message);
}
