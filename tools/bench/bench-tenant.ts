import { request } from 'undici';

/** Asks the front door and returns the body; throws with the answer's text when it is an error. */
export async function askFrontDoor<T>(consoleUrl: string, key: string, path: string, body?: unknown): Promise<T> {
  const answer = await request(`${consoleUrl}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

/** An organisation with everything on: a project, required tags by the key's defaults, a hard limit that covers all, a soft one on the project. */
export interface BenchTenant {
  organizationId: string;
  adminKey: string;
  key: string;
}

/** Makes the organisation through the public REST. */
export async function newBenchTenant(consoleUrl: string, operatorKey: string): Promise<BenchTenant> {
  const { id, adminKey } = await askFrontDoor<{ id: string; adminKey: string }>(consoleUrl, operatorKey, '/organizations', {
    name: `Benchmark ${Date.now()}`,
    country: 'DE',
    currency: 'EUR',
  });
  await askFrontDoor(consoleUrl, adminKey, '/projects', { slug: 'bench', name: 'Benchmark' });
  await askFrontDoor(consoleUrl, adminKey, '/budgets', {
    name: 'all',
    scope: {},
    period: 'month',
    amount: '100000000',
    thresholds: [50, 100],
    hardLimit: true,
  });
  await askFrontDoor(consoleUrl, adminKey, '/budgets', {
    name: 'bench',
    scope: { project: 'bench' },
    period: 'month',
    amount: '100000000',
    thresholds: [50],
    hardLimit: false,
  });
  const { key } = await askFrontDoor<{ key: string }>(consoleUrl, adminKey, '/api-keys', {
    name: 'bench',
    project: 'bench',
    scopes: ['inference', 'usage:write'],
    tags: { team: 'core', env: 'prod', feature: 'load' },
  });
  return { organizationId: id, adminKey, key };
}
