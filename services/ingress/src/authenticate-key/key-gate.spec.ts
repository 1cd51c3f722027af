import type { ApiKey, Organization } from '@tollgate/contracts';
import { generateApiKey, hashApiKey } from '@tollgate/platform/api-key';
import type { Problem } from '@tollgate/platform/http';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Directory } from '../directory/directory';
import { keyInvalid, unavailableNow } from '../gateway/problems';
import type { KeyAnswer } from './accounts-link';
import { bearerKey } from './bearer-key';
import { KeyGate, requireScope } from './key-gate';

const PEPPER = 'pepper-pepper-pepper';
const TEXT = generateApiKey('live');
const HASH = hashApiKey(PEPPER, TEXT);
const ORGANIZATION = { id: 'org', status: 'active' } as Organization;
const KEY = {
  id: 'k',
  organizationId: 'org',
  hash: HASH,
  previousHash: '',
  previousHashExpiresAt: '',
  expiresAt: '',
  status: 'active',
  scopes: ['inference'],
} as unknown as ApiKey;

let now: number;
let view: { version: number; live: boolean; keys: Map<string, ApiKey>; organizations: Map<string, Organization> };
let accounts: { answer: () => Promise<KeyAnswer>; asked: number };
let gate: KeyGate;

beforeEach(() => {
  now = 1_000_000;
  view = { version: 0, live: true, keys: new Map(), organizations: new Map([['org', ORGANIZATION]]) };
  accounts = { answer: () => Promise.reject(keyInvalid('unknown')), asked: 0 };
  const directory = {
    get version() {
      return view.version;
    },
    get live() {
      return view.live;
    },
    keys: { find: (hash: string) => view.keys.get(hash) },
    organization: (id: string) => view.organizations.get(id),
  } as unknown as Directory;
  const link = { authenticate: () => ((accounts.asked += 1), accounts.answer()), hasProject: () => Promise.resolve(false) };
  gate = new KeyGate(directory, link, { now: () => now }, PEPPER);
});

function show(key: Partial<ApiKey> | null): void {
  view.keys.clear();
  if (key) for (const hash of [HASH]) view.keys.set(hash, { ...KEY, ...key });
  view.version += 1;
}

async function verdict(): Promise<string> {
  try {
    return (await gate.identify(TEXT)).key.id;
  } catch (error) {
    const problem = error as Problem;
    return `${problem.status} ${String(problem.extra['reason'] ?? problem.code)}`;
  }
}

describe('a key', () => {
  it('that the directory knows is let in without asking anybody', async () => {
    show({});
    expect(await verdict()).toBe('k');
    expect(await verdict()).toBe('k');
    expect(accounts.asked).toBe(0);
  });

  it('that was just created works at once: accounts is asked once, and its answer remembered', async () => {
    accounts.answer = () => Promise.resolve({ key: KEY, organization: ORGANIZATION });
    expect(await Promise.all([verdict(), verdict()])).toEqual(['k', 'k']);
    expect(await verdict()).toBe('k');
    expect(accounts.asked).toBe(1);
  });

  it('that accounts doesn’t know is refused, and accounts is not asked again for a moment', async () => {
    expect(await verdict()).toBe('401 key_unknown');
    expect(await verdict()).toBe('401 key_unknown');
    expect(accounts.asked).toBe(1);
    now += 2_000;
    accounts.answer = () => Promise.resolve({ key: KEY, organization: ORGANIZATION });
    expect(await verdict()).toBe('k');
  });

  it('that nobody can be asked about is told to come back, never that it is wrong', async () => {
    accounts.answer = () => Promise.reject(unavailableNow('away'));
    expect(await verdict()).toBe('503 temporarily_unavailable');
  });

  it('is refused the moment that the directory says it is revoked', async () => {
    show({});
    expect(await verdict()).toBe('k');
    show({ status: 'revoked' });
    expect(await verdict()).toBe('401 key_revoked');
  });

  it('expires on time, also while it is remembered', async () => {
    show({ expiresAt: new Date(now + 500).toISOString() });
    expect(await verdict()).toBe('k');
    now += 500;
    expect(await verdict()).toBe('401 key_expired');
  });

  it('that was rotated works until the overlap ends', async () => {
    show({ hash: 'other', previousHash: HASH, previousHashExpiresAt: new Date(now + 500).toISOString() });
    expect(await verdict()).toBe('k');
    now += 500;
    expect(await verdict()).toBe('401 key_replaced');
  });

  it('revoked while Kafka is away is refused once accounts has said so', async () => {
    show({});
    expect(await verdict()).toBe('k');
    view.live = false;
    accounts.answer = () => Promise.reject(keyInvalid('revoked'));
    expect(await verdict()).toBe('k');
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await verdict()).toBe('401 key_revoked');
  });

  it('is let in while both Kafka and accounts are away, as it was known', async () => {
    show({});
    await verdict();
    view.live = false;
    accounts.answer = () => Promise.reject(unavailableNow('away'));
    expect(await verdict()).toBe('k');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await verdict()).toBe('k');
  });

  it('that vanished from the directory is not let in on an old answer', async () => {
    accounts.answer = () => Promise.resolve({ key: KEY, organization: ORGANIZATION });
    await verdict();
    view.version += 1;
    now += 30_001;
    accounts.answer = () => Promise.reject(keyInvalid('unknown'));
    expect(await verdict()).toBe('401 key_unknown');
  });

  it('of a suspended organisation, or of none, may not call', async () => {
    show({});
    view.organizations.set('org', { ...ORGANIZATION, status: 'suspended' });
    expect(await verdict()).toBe('403 organization_suspended');
    show({ organizationId: '' });
    expect(await verdict()).toBe('403 no_organization');
  });

  it('with a wrong character is told so without asking anybody', () => {
    expect(() => gate.identify(`${TEXT.slice(0, -1)}!`)).toThrow('a character of it is wrong');
    expect(accounts.asked).toBe(0);
  });

  it('may do what its scopes say; admin may do all of it', () => {
    const identity = (scopes: string[]) => ({ key: { ...KEY, scopes }, organization: ORGANIZATION });
    expect(() => requireScope(identity(['inference']), 'usage:write')).toThrow('usage:write');
    expect(() => requireScope(identity(['admin']), 'usage:write')).not.toThrow();
    expect(() => requireScope(identity(['operator']), 'inference')).toThrow('inference');
  });
});

describe('the key of a request', () => {
  it.each([
    [{ authorization: 'Bearer tg_1' }, 'tg_1'],
    [{ authorization: 'bearer  tg_1 ' }, 'tg_1'],
    [{ authorization: 'Basic abc' }, null],
    [{ 'x-api-key': 'tg_2' }, 'tg_2'],
    [{ 'x-goog-api-key': 'tg_3' }, 'tg_3'],
    [{}, undefined],
  ])('in %j is %j', (headers, key) => expect(bearerKey(headers)).toBe(key));
});
