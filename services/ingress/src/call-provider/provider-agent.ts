import type { AddressGuard } from '@tollgate/platform/http';
import type { Agent } from 'undici';

const KEEP_ALIVE_MS = 30_000;
const KEEP_ALIVE_MAX_MS = 300_000;
/** Shorter than what the provider announces, so that a connection is not used in the very moment in which it is closed. */
const KEEP_ALIVE_MARGIN_MS = 2_000;
const CONNECTIONS_PER_ORIGIN = 1_024;
const ORIGINS = 4_096;

/**
 * The connections to all providers: kept alive, one call at a time on each, and none to an address inside the network that is not allowed. Of an answer no
 * more is read than what its client takes.
 */
export function providerAgent(guard: AddressGuard): Agent {
  return guard.dispatcher({
    pipelining: 1,
    connections: CONNECTIONS_PER_ORIGIN,
    maxOrigins: ORIGINS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
    keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
    maxHeaderSize: 32 * 1024,
    allowH2: false,
  });
}
