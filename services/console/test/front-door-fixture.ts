import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { generateApiKey } from '@tollgate/platform/api-key';
import { loadConfig } from '@tollgate/platform/config';
import { consoleVariables } from '../src/console.config';
import { startConsole } from '../src/start-console';
import { answerJson, StandInService, textOf } from './stand-in-service';

export const INTERNAL_SECRET = 'internal-secret-of-the-specs';
export const ORGANIZATION = { id: randomUUID(), name: 'Acme', country: 'DE', currency: 'EUR', timeZone: 'UTC', status: 'active' };

/** Nobody listens there. */
const AWAY = 'http://127.0.0.1:9';

/** The front door with stand-ins for accounts and pricing; every other service is away. */
export class FrontDoorFixture {
  readonly keys = new Map<string, { id: string }>();

  private constructor(
    readonly accounts: StandInService,
    readonly pricing: StandInService,
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  static async start(): Promise<FrontDoorFixture> {
    const accounts = await new StandInService().start();
    const pricing = await new StandInService().start();
    const config = loadConfig(consoleVariables, {
      TOLLGATE_PORT: '0',
      TOLLGATE_INTERNAL_SECRET: INTERNAL_SECRET,
      TOLLGATE_ACCOUNTS_URL: accounts.url,
      // The first of pricing's processes is away for good.
      TOLLGATE_PRICING_URL: `${AWAY},${pricing.url}`,
      TOLLGATE_AGGREGATION_URL: AWAY,
      TOLLGATE_BUDGET_ALERT_URL: AWAY,
      TOLLGATE_INVOICING_URL: AWAY,
      TOLLGATE_INGRESS_OPERATIONS_URL: AWAY,
    });
    const app = await startConsole(config, { handleSignals: false });
    return new FrontDoorFixture(accounts, pricing, app, await app.getUrl());
  }

  /** Forgets keys and requests; accounts knows the keys of `newKey`, pricing answers an empty page. */
  reset(): void {
    this.keys.clear();
    this.accounts.seen.length = 0;
    this.pricing.seen.length = 0;
    this.accounts.handler = (request, response) =>
      void textOf(request).then((body) => {
        const known = this.keys.get((JSON.parse(body) as { key: string }).key);
        if (known) answerJson(response, 200, known);
        else answerJson(response, 404, { code: 'key_unknown', detail: 'There is no such key.' });
      });
    this.pricing.handler = (_request, response) => answerJson(response, 200, { data: [], next: null });
  }

  newKey(overrides: object = {}): string {
    const key = generateApiKey('test');
    this.keys.set(key, {
      id: randomUUID(),
      ...{ organizationId: ORGANIZATION.id, organization: ORGANIZATION, operator: false, name: 'A' },
      ...{ project: '', scopes: ['admin'], tags: {}, expiresAt: '' },
      ...overrides,
    });
    return key;
  }

  get(path: string, key: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers: { authorization: `Bearer ${key}`, ...headers } });
  }

  /** How often accounts was asked about a key. */
  get questions(): number {
    return this.accounts.seen.filter((request) => request.url === '/internal/keys/authenticate').length;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([this.accounts.stop(), this.pricing.stop()]);
  }
}
