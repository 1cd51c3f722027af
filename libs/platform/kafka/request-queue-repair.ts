import RequestQueue from 'kafkajs/src/network/requestQueue';

const CHECK_INTERVAL_MS = 10;

/**
 * Repairs the client's request queue (kafkajs 2.2.4, src/network/requestQueue): after the first answer it sets a timer, of a negative
 * time, that sets itself again for ever, a thousand times a second on each connection: 4 % of a core in an idle process and a warning
 * from Node. A queue with nothing pending needs no timer, since adding to it sets one.
 */
export function repairRequestQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenPending(this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const waitMs = Math.max(this.throttledUntil - Date.now(), CHECK_INTERVAL_MS);
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, waitMs);
  };
}
