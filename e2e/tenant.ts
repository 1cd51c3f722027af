import { ask, type Answer } from './http-client';
import { system } from './system';

/** An organisation made for one scenario, so that scenarios never meet. */
export interface Tenant {
  id: string;
  adminKey: string;
  /** Asks the front door as the organisation's admin; the path begins after /api/v1. */
  api<T>(path: string, body?: unknown, method?: string): Promise<Answer<T>>;
  /** A key with these scopes. */
  key(scopes: string[], more?: Record<string, unknown>): Promise<{ id: string; key: string }>;
}

let count = 0;

/** Creates an organisation with the given projects through the public REST. */
export async function newTenant(
  options: { country?: string; currency?: string; timeZone?: string; projects?: string[]; [member: string]: unknown } = {},
): Promise<Tenant> {
  const { projects = [], ...members } = options;
  count += 1;
  const { consoleUrl, operatorKey } = system();
  const made = await ask<{ id: string; adminKey: string }>(`${consoleUrl}/api/v1/organizations`, {
    key: operatorKey,
    body: { name: `Scenario ${process.pid}-${Date.now()}-${count}`, country: 'DE', currency: 'EUR', ...members },
  });
  if (made.status !== 201) throw new Error(`organisation: ${made.status} ${JSON.stringify(made.body)}`);
  const { id, adminKey } = made.body;
  const api = <T>(path: string, body?: unknown, method?: string) => ask<T>(`${consoleUrl}/api/v1${path}`, { key: adminKey, body, method });
  for (const slug of projects) {
    const project = await api('/projects', { slug, name: slug });
    if (project.status !== 201) throw new Error(`project ${slug}: ${project.status} ${JSON.stringify(project.body)}`);
  }
  return {
    id,
    adminKey,
    api,
    async key(scopes, more = {}) {
      const answer = await api<{ id: string; key: string }>('/api-keys', { name: 'scenario', scopes, ...more });
      if (answer.status !== 201) throw new Error(`key: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
  };
}

/** One CloudEvents usage event. */
export function usageEvent(id: string, data: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    type: 'tollgate.usage',
    source: 'scenario',
    id,
    ...more,
    data: { provider: 'openai', model: 'gpt-4o', operation: 'chat', quantities: { input_tokens: '1000', output_tokens: '100' }, ...data },
  };
}

/** Sends usage events as one batch. */
export function sendEvents(
  key: string,
  events: unknown[],
): Promise<Answer<{ results: { id: string; status: string; reason?: string }[] }>> {
  return ask(`${system().ingressUrl}/v1/usage/events`, {
    key,
    body: events,
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  });
}

/** What `GET /api/v1/spend` answers, as far as scenarios look. */
export interface Spend {
  currency: string;
  total: string;
  totals: { amount: string; cost: string; requests: number; estimated: number };
  rows: Record<string, string>[];
}

/** Spend of the last two days and the coming one, as the organisation's admin sees it. */
export async function spend(tenant: Tenant, groupBy = ''): Promise<Spend> {
  const from = new Date(Date.now() - 48 * 3_600_000).toISOString();
  const to = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const answer = await tenant.api<Spend>(`/spend?from=${from}&to=${to}${groupBy ? `&groupBy=${groupBy}` : ''}`);
  if (answer.status !== 200) throw new Error(`spend: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
