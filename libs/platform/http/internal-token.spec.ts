import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { hasScope, type Caller } from './caller';
import { serviceToken, signInternalToken, verifyInternalToken } from './internal-token';

const SECRET = 'a-secret-of-the-specs';
const NOW = Date.UTC(2026, 9, 15);
const caller: Caller = {
  organizationId: '0a000000-0000-4000-8000-000000000001',
  keyId: 'k1',
  scopes: ['billing:read'],
  operator: false,
  project: 'search',
};

describe('internal token', () => {
  it('brings the caller over as it was, for 60 seconds', async () => {
    const token = await signInternalToken(caller, SECRET, NOW);
    expect(await verifyInternalToken(token, SECRET, NOW + 59_000)).toEqual(caller);
    // Five seconds of tolerance for clocks that differ.
    expect(await verifyInternalToken(token, SECRET, NOW + 66_000)).toBeUndefined();
  });
  it('is worth nothing when forged', async () => {
    const token = await signInternalToken(caller, SECRET, NOW);
    const [head = '', , signature = ''] = token.split('.');
    const raised = Buffer.from(
      JSON.stringify({ caller: { ...caller, operator: true }, iss: 'tollgate', iat: NOW / 1000, exp: NOW / 1000 + 60 }),
    ).toString('base64url');
    const unsigned = new UnsecuredJWT({ caller })
      .setIssuer('tollgate')
      .setIssuedAt(NOW / 1000)
      .setExpirationTime(NOW / 1000 + 60)
      .encode();
    const endless = await new SignJWT({ caller })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('tollgate')
      .setIssuedAt(NOW / 1000)
      .sign(new TextEncoder().encode(SECRET));
    for (const forged of [`${head}.${raised}.${signature}`, unsigned, endless, '', 'a.b.c', `${token}x`])
      expect(await verifyInternalToken(forged, SECRET, NOW)).toBeUndefined();
    expect(await verifyInternalToken(token, 'another-secret-here', NOW)).toBeUndefined();
  });
  it('of a service names the service and has no scope', async () => {
    const service = await verifyInternalToken(await serviceToken('pricing', SECRET, NOW), SECRET, NOW);
    expect(service).toMatchObject({ service: 'pricing', organizationId: null, scopes: [], operator: false });
  });
});

describe('scopes', () => {
  const may = (scopes: Caller['scopes'], operator = false) =>
    (['inference', 'usage:write', 'billing:read', 'billing:write', 'admin', 'operator'] as const).filter((scope) =>
      hasScope({ ...caller, scopes, operator }, scope),
    );

  it('allow what they name; admin all of its organisation; an operator everything', () => {
    expect(may(['billing:read'])).toEqual(['billing:read']);
    expect(may([])).toEqual([]);
    expect(may(['admin'])).toEqual(['inference', 'usage:write', 'billing:read', 'billing:write', 'admin']);
    // The word alone makes nobody an operator.
    expect(may(['operator'])).toEqual([]);
    expect(may(['operator'], true)).toHaveLength(6);
  });
});
