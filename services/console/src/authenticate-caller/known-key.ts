import { SCOPES, type Caller, type Scope } from '@tollgate/platform/http';

/** What accounts answers about a valid key. */
export interface KnownKey {
  readonly id: string;
  readonly organizationId: string | null;
  readonly name: string;
  readonly project: string;
  readonly scopes: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly expiresAt: string;
  readonly operator: boolean;
  readonly organization: KnownOrganization | null;
}

export interface KnownOrganization {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly status: string;
}

/** The caller as the internal token names it. */
export function callerOf(key: KnownKey): Caller {
  return {
    organizationId: key.organizationId,
    keyId: key.id,
    scopes: key.scopes.filter((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope)),
    operator: key.operator,
    project: key.project === '' ? null : key.project,
  };
}
