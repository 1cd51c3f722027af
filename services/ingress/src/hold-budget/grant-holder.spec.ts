import { status } from '@grpc/grpc-js';
import type { AcquireRequest, AcquireResponse, Budget, RenewRequest } from '@tollgate/contracts';
import { readOpenAiRequest } from '@tollgate/providers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallRoute } from '../call-provider/call-route';
import { Directory } from '../directory/directory';
import { fillDirectory, WritableDirectory } from '../gateway/gateway-fixture';
import { CallPricer } from '../price-call/call-pricer';
import { GrantHolder } from './grant-holder';
import type { GrantsLink } from './grants-link';

class FakeLink implements GrantsLink {
  readonly asks: AcquireRequest[] = [];
  readonly renewals: RenewRequest[] = [];
  refuses = new Set<string>();
  failure: Error | null = null;
  recall: (budgetId: string) => void = () => undefined;
  acquire(ask: AcquireRequest): Promise<AcquireResponse> {
    this.asks.push(ask);
    const granted = !this.refuses.has(ask.budgetId);
    const state = { limit: '1', spent: '1', held: '0', resetsAt: '', periodStart: '', notLimited: false, retry: false, name: ask.budgetId };
    return Promise.resolve({ ...state, granted, grantId: granted ? `grant-${ask.budgetId}` : '', amount: granted ? '1' : '0' });
  }
  renew(request: RenewRequest) {
    this.renewals.push(request);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve({ endedGrantIds: [] });
  }
  watchRecalls(_holder: string, onRecall: (budgetId: string) => void): void {
    this.recall = onRecall;
  }
  close(): void {
    this.recall = () => undefined;
  }
}

let link: FakeLink;
let holder: GrantHolder;
let route: CallRoute;
const request = readOpenAiRequest(Buffer.from(JSON.stringify({ model: 'gpt-4o', messages: [], max_tokens: 10 })));
const budget = (id: string) => ({ id, organizationId: 'o', name: id, currency: 'EUR' }) as Budget;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  link = new FakeLink();
  const source = new WritableDirectory();
  const directory = new Directory(source);
  fillDirectory(source, 'http://127.0.0.1:1');
  const clock = { now: () => Date.parse('2026-10-10T00:00:00Z') };
  holder = new GrantHolder({ holder: 'me:1', link, directory, clock, noteChange: () => undefined, onError: () => undefined });
  holder.start();
  const target = { provider: 'openai', model: 'gpt-4o' };
  const pricer = new CallPricer(directory, target, false, directory.terms('o', clock.now()), 'EUR');
  route = { operation: 'chat', pricer, target, hardBudgets: [budget('one'), budget('two')] } as unknown as CallRoute;
});
afterEach(() => vi.useRealTimers());

describe('a call under several hard limits', () => {
  it('holds of each, and each hold shrinks to the cost', async () => {
    const { hold } = await holder.hold(route, request);
    const amounts = hold!.grants.map(({ budgetId, grantId, held }) => [budgetId, grantId, Number(held) > 0]);
    expect(amounts).toEqual([
      ['one', 'grant-one', true],
      ['two', 'grant-two', true],
    ]);
    expect(hold!.settle('0.0001').map(({ held }) => held)).toEqual(['0.0001', '0.0001']);
    expect(holder.balances().map(({ amount }) => amount)).toEqual(['0.9999', '0.9999']);
  });

  it('holds of none when one refuses', async () => {
    link.refuses.add('two');
    await expect(Promise.resolve(holder.hold(route, request))).rejects.toMatchObject({ status: 402, extra: { budgetId: 'two' } });
    expect(holder.balances()).toEqual([{ budgetId: 'one', grantId: 'grant-one', amount: '1' }]);
  });
});

describe('grants in hand', () => {
  it('are renewed every five seconds, and given back when they are not used', async () => {
    await holder.hold(route, request).valueOf();
    const { hold } = await holder.hold(route, request);
    hold!.settle('0');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(link.renewals[0]!.returns.map(({ grantId, amount }) => [grantId, amount])).toEqual([
      ['grant-one', '0'],
      ['grant-two', '0'],
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    const given = link.renewals.flatMap(({ returns }) => returns).filter(({ amount }) => amount !== '0');
    expect(given.map(({ grantId }) => grantId)).toEqual(['grant-one', 'grant-two']);
  });

  it('are not given back to a service that does not answer', async () => {
    const { hold } = await holder.hold(route, request);
    hold!.settle('0');
    link.failure = new Error('down');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(link.renewals.flatMap(({ returns }) => returns).every(({ amount }) => amount === '0')).toBe(true);
    expect(holder.balances()[0]!.amount).toBe('1');
  });

  it('go back at once when they are called back, and all of them at the end', async () => {
    const { hold } = await holder.hold(route, request);
    const held = hold!.grants[0]!.held;
    link.recall('one');
    expect(link.renewals[0]).toMatchObject({ holder: 'me:1', returns: [{ grantId: 'grant-one', final: false }] });
    expect(holder.balances()[0]!.amount).toBe(held);
    hold!.settle('0');
    await holder.stop();
    expect(link.renewals.at(-1)!.returns).toEqual([
      { grantId: 'grant-one', amount: held, final: true },
      { grantId: 'grant-two', amount: '1', final: true },
    ]);
  });

  it('of a dead process go back once: again only when the first try cannot have arrived', async () => {
    const idle = [{ grantId: 'g', budgetId: 'b', amount: '3' }];
    link.failure = Object.assign(new Error('away'), { code: status.UNAVAILABLE });
    const returning = holder.returnOf('dead:1', idle);
    await vi.advanceTimersByTimeAsync(4_000);
    link.failure = null;
    await vi.advanceTimersByTimeAsync(2_000);
    await returning;
    expect(link.renewals.at(-1)).toEqual({ holder: 'dead:1', returns: [{ grantId: 'g', amount: '3', final: true }] });
    const before = link.renewals.length;
    link.failure = Object.assign(new Error('late'), { code: status.DEADLINE_EXCEEDED });
    await holder.returnOf('dead:1', idle);
    expect(link.renewals.length).toBe(before + 1);
  });
});
