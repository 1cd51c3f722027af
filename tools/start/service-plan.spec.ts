import { describe, expect, it } from 'vitest';
import { PortChooser } from './choose-ports';
import { DATABASE_SERVICES, type Secrets } from './secrets';
import { planServices } from './service-plan';

const secrets: Secrets = {
  internalSecret: 'internal',
  keyPepper: 'pepper',
  encryptionKey: 'encryption',
  operatorKey: 'tg_dev_operator',
  ownerPassword: 'owner',
  passwords: Object.fromEntries(
    DATABASE_SERVICES.map((service) => [service, { rest: `${service}-rest`, consumer: `${service}-consumer` }]),
  ) as Secrets['passwords'],
};

const plan = (copies: number) =>
  planServices({
    secrets,
    databaseUrl: 'postgres://postgres:owner@127.0.0.1:5432/tollgate',
    brokers: '127.0.0.1:9092',
    ingressPort: 8080,
    consolePort: 8088,
    ingressDataDir: '/data/ingress',
    copies,
    ports: new PortChooser(),
    env: {},
  });

describe('the plan of processes', () => {
  it('gives the database’s owner to no service, only to migrations', async () => {
    const { processes, migrationEnv } = await plan(1);
    for (const { env } of processes) expect(JSON.stringify(env)).not.toContain('owner@');
    expect(migrationEnv('pricing').DATABASE_URL).toBe('postgres://postgres:owner@127.0.0.1:5432/tollgate');
  });

  it('lets accounts and ingress alone open provider secrets and check keys', async () => {
    const { processes } = await plan(1);
    const holding = (variable: string) => processes.filter(({ env }) => variable in env).map(({ service }) => service);
    expect(holding('TOLLGATE_ENCRYPTION_KEY')).toEqual(['accounts', 'ingress']);
    expect(holding('TOLLGATE_KEY_PEPPER')).toEqual(['accounts', 'ingress']);
    expect(holding('TOLLGATE_BOOTSTRAP_OPERATOR_KEY')).toEqual(['accounts']);
  });

  it('gives each service roles of its own and none to ingress and console', async () => {
    const { processes } = await plan(1);
    const of = (name: string) => processes.find((process) => process.name === name)?.env ?? {};
    expect(of('budget-alert').TOLLGATE_DB_URL).toBe('postgres://tollgate_budget_alert:budget-alert-rest@127.0.0.1:5432/tollgate');
    expect(of('budget-alert').TOLLGATE_CONSUMER_DB_URL).toBe(
      'postgres://tollgate_budget_alert_consumer:budget-alert-consumer@127.0.0.1:5432/tollgate',
    );
    for (const name of ['ingress', 'console']) expect(JSON.stringify(of(name))).not.toContain('postgres://');
  });

  it('names every process of a service to those that call it', async () => {
    const { processes, ingressUrls } = await plan(2);
    expect(processes).toHaveLength(14);
    expect(ingressUrls).toHaveLength(2);
    const pricing = processes.filter(({ service }) => service === 'pricing').map(({ url }) => url);
    expect(processes[0]?.env.TOLLGATE_PRICING_URL).toBe(pricing.join(','));
    expect(processes[0]?.env.TOLLGATE_GRANTS_ADDRESSES?.split(',')).toHaveLength(2);
    const ports = processes.map(({ env }) => env.TOLLGATE_PORT);
    expect(new Set(ports).size).toBe(14);
  });
});
