declare module 'kafkajs/src/network/requestQueue' {
  /** The part of the client's queue of requests to one broker that `repairRequestQueue` replaces. */
  class RequestQueue {
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    throttledUntil: number;
    pending: unknown[];
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
  export default RequestQueue;
}
