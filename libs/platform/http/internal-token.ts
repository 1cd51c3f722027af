import { SignJWT, jwtVerify } from 'jose';
import { SCOPES, type Caller, type Scope } from './caller';

/** The header that carries the internal token. */
export const INTERNAL_TOKEN_HEADER = 'x-tollgate-internal';

const LIFETIME_SECONDS = 60;
const ISSUER = 'tollgate';
const encoder = new TextEncoder();

/** Signs who the caller is for the next service: a JWT (HS256) that lives for 60 seconds. `nowMs` is epoch milliseconds. */
export async function signInternalToken(claims: Caller, secret: string, nowMs: number): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  return new SignJWT({ caller: claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .sign(encoder.encode(secret));
}

/** Reads an internal token; undefined when it is malformed, expired, or signed with another secret. */
export async function verifyInternalToken(token: string, secret: string, nowMs: number): Promise<Caller | undefined> {
  try {
    const { payload } = await jwtVerify(token, encoder.encode(secret), {
      algorithms: ['HS256'],
      issuer: ISSUER,
      currentDate: new Date(nowMs),
      clockTolerance: 5,
      requiredClaims: ['exp', 'iat'],
    });
    return toCaller(payload['caller']);
  } catch {
    return undefined;
  }
}

/** The token of a service that calls another's /internal routes in its own name. */
export function serviceToken(service: string, secret: string, nowMs: number): Promise<string> {
  return signInternalToken({ organizationId: null, keyId: '', scopes: [], operator: false, project: null, service }, secret, nowMs);
}

function toCaller(value: unknown): Caller | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { organizationId, keyId, scopes, operator, project, service } = value as Record<string, unknown>;
  if (organizationId !== null && typeof organizationId !== 'string') return undefined;
  if (typeof keyId !== 'string' || !Array.isArray(scopes) || typeof operator !== 'boolean') return undefined;
  return {
    organizationId,
    keyId,
    scopes: scopes.filter((scope): scope is Scope => (SCOPES as readonly unknown[]).includes(scope)),
    operator,
    project: typeof project === 'string' ? project : null,
    ...(typeof service === 'string' ? { service } : {}),
  };
}
