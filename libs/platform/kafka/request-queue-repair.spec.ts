import RequestQueue from 'kafkajs/src/network/requestQueue';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { repairRequestQueue } from './request-queue-repair';

interface Queue {
  pending: { send(): void; expectResponse: boolean; completed(): void }[];
  inflight: Map<number, unknown>;
  maxInFlightRequests: number | null;
  throttledUntil: number;
  checkPendingRequests(): void;
}

const logger = { debug: () => undefined, warn: () => undefined };
const newQueue = (): Queue => new (RequestQueue as unknown as new (options: object) => Queue)({ logger, clientId: 'spec', broker: 'spec' });

describe("the client's request queue", () => {
  beforeAll(() => repairRequestQueue());

  it('sets no timer while nothing is pending', () => {
    vi.useFakeTimers();
    newQueue().checkPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('sends what is pending once the broker no longer throttles', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const queue = newQueue();
    let sent = 0;
    queue.pending.push({ send: () => void (sent += 1), expectResponse: true, completed: () => undefined });
    queue.throttledUntil = 1_000_250;
    queue.checkPendingRequests();
    vi.advanceTimersByTime(249);
    expect(sent).toBe(0);
    vi.advanceTimersByTime(20);
    expect(sent).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
