import type { Connection } from '@tollgate/contracts';
import { openSecret, secretBinding, SecretBoxError } from '@tollgate/platform/secret-box';
import { connectionUnusable, modelUnknown } from '../gateway/problems';

/** What the client wants of a model. */
export type Operation = 'chat' | 'embeddings';

/** Where a call is sent and with what. */
export interface Upstream {
  readonly origin: string;
  readonly path: string;
  /** Name and value by turns; the attempt's id is added to them. */
  readonly headers: readonly string[];
}

const ENDPOINTS: Readonly<Record<Operation, string>> = { chat: '/chat/completions', embeddings: '/embeddings' };

/** Where vendors whose base URL is a root serve the OpenAI shape (their pages on OpenAI compatibility). The others' base URLs lead there already. */
const COMPATIBLE_UNDER: Readonly<Record<string, string>> = { anthropic: '/v1', google: '/v1beta/openai', cohere: '/compatibility/v1' };

/** Vendors that don't serve it at all. */
const NOT_COMPATIBLE = new Set(['aws', 'assemblyai', 'deepgram', 'elevenlabs', 'stability']);

/** How to reach the vendor's endpoint of the OpenAI shape. @throws Problem when it has none, or the connection's secret cannot be opened. */
export function upstreamOf(connection: Connection, operation: Operation, model: string, encryptionKey: Buffer): Upstream {
  const { provider } = connection;
  if (NOT_COMPATIBLE.has(provider)) throw modelUnknown(`${provider}/${model}`, 'is not offered in the shape of this path.');
  const base = new URL(connection.baseUrl);
  const path = base.pathname.replace(/\/+$/, '') + (COMPATIBLE_UNDER[provider] ?? '') + ENDPOINTS[operation];
  const secret = secretOf(connection, encryptionKey);
  const credentials = provider === 'azure' ? ['api-key', secret] : ['authorization', `Bearer ${secret}`];
  const headers = ['content-type', 'application/json', 'accept-encoding', 'identity', 'user-agent', 'tollgate', ...credentials];
  return { origin: base.origin, path, headers };
}

function secretOf(connection: Connection, encryptionKey: Buffer): string {
  try {
    return openSecret(encryptionKey, secretBinding(connection.organizationId, connection.id), connection.encryptedSecret);
  } catch (error) {
    if (error instanceof SecretBoxError) throw connectionUnusable(connection.provider);
    throw error;
  }
}
