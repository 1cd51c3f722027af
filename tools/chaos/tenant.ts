import { askFrontDoor } from '../bench/bench-tenant';
import type { SystemUnderTest } from './system-under-test';

/** The projects that traffic is tagged with. */
export const PROJECTS = ['search', 'support', 'labs'] as const;

/** An organisation with projects, an all-covering budget under a hard limit that is never reached, and a key for calls and events. */
export async function newChaosTenant(system: SystemUnderTest): Promise<{ id: string; adminKey: string; key: string }> {
  const { consoleUrl, operatorKey } = system.dev;
  const { id, adminKey } = await askFrontDoor<{ id: string; adminKey: string }>(consoleUrl, operatorKey, '/organizations', {
    name: `Chaos ${Date.now()}`,
    country: 'DE',
    currency: 'EUR',
  });
  for (const slug of PROJECTS) await askFrontDoor(consoleUrl, adminKey, '/projects', { slug, name: slug });
  await askFrontDoor(consoleUrl, adminKey, '/budgets', {
    name: 'all',
    scope: {},
    period: 'month',
    amount: '1000000',
    thresholds: [50, 100],
    hardLimit: true,
  });
  const { key } = await askFrontDoor<{ key: string }>(consoleUrl, adminKey, '/api-keys', {
    name: 'chaos',
    scopes: ['inference', 'usage:write'],
  });
  return { id, adminKey, key };
}
