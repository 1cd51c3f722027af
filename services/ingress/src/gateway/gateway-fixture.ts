import {
  type ApiKey,
  type Connection,
  type Model,
  type Organization,
  type Price,
  type Project,
  type Topic,
  topics,
} from '@tollgate/contracts';
import { generateApiKey, hashApiKey } from '@tollgate/platform/api-key';
import type { DirectoryView } from '@tollgate/platform/directory';
import { AddressGuard } from '@tollgate/platform/http';
import { createLogger } from '@tollgate/platform/observability';
import { sealSecret, secretBinding } from '@tollgate/platform/secret-box';
import { randomUUID } from 'node:crypto';
import type { Agent } from 'undici';
import type { AccountsLink } from '../authenticate-key/accounts-link';
import { KeyGate } from '../authenticate-key/key-gate';
import { AnswerCall } from '../call-provider/answer-call';
import { CallEnvironment, type CallLimits } from '../call-provider/call-environment';
import { RouteTable } from '../call-provider/call-route';
import { providerAgent } from '../call-provider/provider-agent';
import { Directory, type DirectorySource } from '../directory/directory';
import type { BudgetHolder } from '../hold-budget/budget-holder';
import { ModelLister } from '../list-models/list-models';
import { ReportUsage } from '../report-usage/report-usage';
import type { EncodedRecord } from '../spool/batch-reader';
import { UsageSpool } from '../spool/usage-spool';
import { TagRules } from '../tag-call/tag-rules';
import { Gateway } from './gateway';
import { GatewayServer } from './gateway-server';
import { keyInvalid, unavailableNow } from './problems';

export const PEPPER = 'pepper-of-the-tests';
export const ENCRYPTION_KEY = Buffer.alloc(32, 7);
export const ORGANIZATION_ID = '0190a000-0000-7000-8000-0000000000aa';

/** A view that a test writes to. */
export class WritableView<T> implements DirectoryView<T> {
  private readonly entryMap = new Map<string, T>();
  private readonly listeners: ((key: string, value: T | undefined) => void)[] = [];
  get size(): number {
    return this.entryMap.size;
  }
  get(key: string): T | undefined {
    return this.entryMap.get(key);
  }
  *entries(): Iterable<[string, T]> {
    yield* this.entryMap.entries();
  }
  values(): Iterable<T> {
    return this.entryMap.values();
  }
  onChange(listener: (key: string, value: T | undefined) => void): void {
    this.listeners.push(listener);
  }
  put(key: string, value: T | undefined): void {
    if (value === undefined) this.entryMap.delete(key);
    else this.entryMap.set(key, value);
    for (const listener of this.listeners) listener(key, value);
  }
}

/** All the views, as if Kafka had filled them. */
export class WritableDirectory implements DirectorySource {
  ready = true;
  live = true;
  private readonly views = new Map<string, WritableView<unknown>>();
  view<T>(topic: Topic<T>): WritableView<T> {
    let view = this.views.get(topic.name);
    if (!view) this.views.set(topic.name, (view = new WritableView<unknown>()));
    return view as unknown as WritableView<T>;
  }
}

/** A key of the organisation, as a client sends it. */
export function addKey(source: WritableDirectory, change: Partial<ApiKey> = {}): string {
  const text = generateApiKey('test');
  const id = change.id ?? randomUUID();
  source.view(topics.keys).put(id, {
    id,
    organizationId: ORGANIZATION_ID,
    name: 'key',
    hash: hashApiKey(PEPPER, text),
    previousHash: '',
    previousHashExpiresAt: '',
    project: '',
    mayTagProject: false,
    scopes: ['inference', 'usage:write'],
    tags: {},
    expiresAt: '',
    status: 'active',
    ...change,
  });
  return text;
}

export function addConnection(source: WritableDirectory, change: Partial<Connection> = {}): void {
  const id = change.id ?? randomUUID();
  const organizationId = change.organizationId ?? '';
  source.view(topics.connections).put(id, {
    id,
    organizationId,
    provider: 'openai',
    name: 'openai',
    baseUrl: 'http://127.0.0.1:1/v1',
    encryptedSecret: sealSecret(ENCRYPTION_KEY, secretBinding(organizationId, id), 'sk-provider-secret'),
    allowUnknownModels: false,
    status: 'active',
    ...change,
  });
}

export function addModel(source: WritableDirectory, provider: string, model: string, prices: Partial<Record<string, string>> = {}): void {
  const known: Model = { provider, model, modality: 'chat', maxInputTokens: 128_000, maxOutputTokens: 16_384, deprecationDate: '' };
  source.view(topics.models).put(`${provider}/${model}`, known);
  for (const [unit, amount] of Object.entries(prices)) {
    const price: Price = {
      version: `${model}-${unit}`,
      provider,
      model,
      unit,
      amount: amount!,
      currency: 'USD',
      per: '1000000',
      conditions: {},
      validFrom: '',
      validTo: '',
    };
    source.view(topics.prices).put(`${provider}/${model}/${unit}`, price);
  }
}

/** One organisation in euros (a dollar is 0.8 of one), a project, gpt-4o at 2.50 and 10.00 dollars a million, and no mark-up. */
export function fillDirectory(source: WritableDirectory, providerUrl: string): void {
  const organization: Organization = {
    id: ORGANIZATION_ID,
    name: 'Acme',
    country: 'DE',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    status: 'active',
    requiredTags: [],
    missingTags: 'untagged',
    vatId: '',
    legalName: '',
    addressLines: [],
  };
  source.view(topics.organizations).put(ORGANIZATION_ID, organization);
  const project: Project = { id: 'p1', organizationId: ORGANIZATION_ID, slug: 'search', name: 'Search', status: 'active' };
  source.view(topics.projects).put(project.id, project);
  source.view(topics.fx).put('USD/2020-01-01', { currency: 'USD', date: '2020-01-01', rate: '1.25', source: 'ECB' });
  addConnection(source, { id: 'shared-openai', baseUrl: `${providerUrl}/v1` });
  addModel(source, 'openai', 'gpt-4o', { input_tokens: '2.5', output_tokens: '10', input_cached_tokens: '1.25' });
  addModel(source, 'openai', 'text-embedding-3-small', { input_tokens: '0.02' });
}

export interface RunningGateway {
  readonly url: string;
  readonly source: WritableDirectory;
  readonly spool: UsageSpool;
  readonly environment: CallEnvironment;
  readonly shipped: EncodedRecord[];
  readonly problems: string[];
  stop(): Promise<void>;
}

export interface GatewayFixtureOptions {
  readonly folder: string;
  readonly providerUrl: string;
  readonly limits?: Partial<CallLimits>;
  readonly bodyLimit?: number;
  readonly accounts?: Partial<AccountsLink>;
  readonly budgets?: (spool: UsageSpool) => BudgetHolder;
  readonly keepShipped?: boolean;
  readonly allowedAddresses?: string;
}

const NOBODY: AccountsLink = { authenticate: () => Promise.reject(keyInvalid('unknown')), hasProject: () => Promise.resolve(false) };
const NO_BUDGETS: BudgetHolder = {
  hold() {
    throw unavailableNow('no budgets here');
  },
};

/** The whole gateway but for Kafka, accounts and budget-alert, on a port of its own. */
export async function startGateway(options: GatewayFixtureOptions): Promise<RunningGateway> {
  const { folder } = options;
  const source = new WritableDirectory();
  const clock = { now: () => Date.now() };
  const directory = new Directory(source);
  directory.open();
  fillDirectory(source, options.providerUrl);
  const shipped: EncodedRecord[] = [];
  const problems: string[] = [];
  const spool = new UsageSpool({
    root: folder,
    sink: { sendEncoded: async (_topic, records) => void (options.keepShipped !== false && shipped.push(...records)) },
    clock,
    newProducer: randomUUID,
    limitBytes: 1 << 30,
    onError: (error) => problems.push(error.message),
    onReplayed: () => undefined,
  });
  spool.start();
  const accounts = { ...NOBODY, ...options.accounts };
  const tagRules = new TagRules(directory, accounts, clock);
  const agent: Agent = providerAgent(new AddressGuard(options.allowedAddresses ?? '127.0.0.1'));
  const limits = { firstByteMs: 10_000, idleMs: 10_000, totalMs: 60_000, ...options.limits };
  const metrics = { onCall: () => undefined, onProblem: (code: string) => void problems.push(code) };
  const environment = new CallEnvironment({
    spool: spool.spool,
    agent,
    clock,
    limits,
    metrics,
    onError: (error) => problems.push(error.message),
  });
  const budgets = options.budgets?.(spool) ?? NO_BUDGETS;
  const gateway = new Gateway(
    directory,
    new KeyGate(directory, accounts, clock, PEPPER),
    new AnswerCall(new RouteTable(directory, tagRules, ENCRYPTION_KEY, clock), budgets, spool.room, environment),
    new ReportUsage(spool.spool, spool.room, tagRules, clock, () => undefined),
    new ModelLister(directory),
    clock,
    options.bodyLimit ?? 1024 * 1024,
    metrics,
    createLogger('ingress-spec'),
  );
  const server = new GatewayServer(gateway.handle);
  const port = await server.listen(0, '127.0.0.1');
  const stop = async () => {
    server.stopAccepting();
    await environment.drain(1_000);
    await server.close();
    await spool.stop(1_000);
    await agent.destroy();
  };
  return { url: `http://127.0.0.1:${port}`, source, spool, environment, shipped, problems, stop };
}
