import type { RestClient } from './rest-client';

/** The demo organisation and its keys. */
export interface DemoOrganization {
  readonly organizationId: string;
  readonly adminKey: string;
  readonly apiKey: string;
  readonly financeKey: string;
}

/** A customer in Germany, like the seller: its invoices carry the domestic VAT. */
const TERMS = {
  name: 'Demo',
  legalName: 'Nordlicht Software GmbH',
  country: 'DE',
  currency: 'EUR',
  addressLines: ['Hafenstraße 12', '20457 Hamburg'],
};

const KEYS = {
  apiKey: { name: 'Demo application', scopes: ['inference', 'usage:write'] },
  financeKey: { name: 'Demo finance', scopes: ['billing:read', 'billing:write'] },
} as const;

/** Makes the organisation and its keys, unless `kept` has them: what was made is handed to `keep` at once, so that a start that is cut short goes on where it
 * was. `clientOf` speaks with the given key. */
export async function seedDemoOrganization(
  operatorKey: string,
  clientOf: (key: string) => RestClient,
  kept: Partial<DemoOrganization>,
  keep: (made: Partial<DemoOrganization>) => void,
): Promise<DemoOrganization> {
  let made = kept;
  const note = (more: Partial<DemoOrganization>): void => keep((made = { ...made, ...more }));
  if (made.organizationId === undefined || made.adminKey === undefined) {
    const created = await clientOf(operatorKey).json<{ id: string; adminKey: string }>('/api/v1/organizations', {
      method: 'POST',
      body: TERMS,
    });
    note({ organizationId: created.id, adminKey: created.adminKey });
  }
  const { organizationId, adminKey } = made as DemoOrganization;
  const admin = clientOf(adminKey);
  for (const name of ['apiKey', 'financeKey'] as const) {
    if (made[name] !== undefined) continue;
    const { key } = await admin.json<{ key: string }>('/api/v1/api-keys', { method: 'POST', body: { ...KEYS[name], environment: 'dev' } });
    note({ [name]: key });
  }
  const { apiKey, financeKey } = made as DemoOrganization;
  return { organizationId, adminKey, apiKey, financeKey };
}
