/** What a key may do. `admin` implies the others within its organisation, but never `operator`. */
export type Scope = 'inference' | 'usage:write' | 'billing:read' | 'billing:write' | 'admin' | 'operator';

/** Every scope there is. */
export const SCOPES = [
  'inference',
  'usage:write',
  'billing:read',
  'billing:write',
  'admin',
  'operator',
] as const satisfies readonly Scope[];

/** Who asks, as the front door has authenticated it and the internal token says. */
export interface Caller {
  /** The organisation whose data the request is about; null for an operator that has not named one, and for services. */
  readonly organizationId: string | null;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** Administers organisations, shared connections, list prices, FX and the seller's data. */
  readonly operator: boolean;
  /** Slug of the project that the key is bound to. */
  readonly project: string | null;
  /** Set when another service of ours calls, in its own name. */
  readonly service?: string;
}

/** Whether the caller may do what needs the scope. */
export function hasScope(caller: Caller, scope: Scope): boolean {
  if (caller.operator) return true;
  if (scope === 'operator') return false;
  return caller.scopes.includes('admin') || caller.scopes.includes(scope);
}
