import type { Connection } from '@tollgate/contracts';
import type { Directory } from '../directory/directory';
import { modelUnknown } from '../gateway/problems';

/** Where a call for a model goes. */
export interface ModelTarget {
  readonly connection: Connection;
  readonly provider: string;
  /** As the vendor names it. */
  readonly model: string;
  /** False when the catalogue doesn't have it: the call is passed on and its usage parks. */
  readonly known: boolean;
}

const NAMED_CANDIDATES = 5;

/**
 * Finds the connection for a model's name: `provider/model`, or the bare name when one connected provider has it. The organisation's own connection of a
 * provider goes before the shared one.
 * @throws Problem 404 that says why there is none.
 */
export function resolveModel(directory: Directory, organizationId: string, name: string): ModelTarget {
  const connections = connectionsByProvider(directory.activeConnections(organizationId));
  const slash = name.indexOf('/');
  const named = slash > 0 ? connections.get(name.slice(0, slash)) : undefined;
  if (named) {
    const { provider } = named;
    const model = name.slice(slash + 1);
    if (directory.model(provider, model)) return { connection: named, provider, model, known: true };
    if (model !== '' && named.allowUnknownModels) return { connection: named, provider, model, known: false };
  }
  const everywhere = directory.modelsNamed(name);
  const here = everywhere.filter(({ provider }) => connections.has(provider));
  const [only] = here;
  if (only && here.length === 1) return { connection: connections.get(only.provider)!, provider: only.provider, model: name, known: true };
  throw modelUnknown(name, hintFor(named, here, everywhere));
}

/** The connection that serves each provider: the first of them. */
export function connectionsByProvider(connections: readonly Connection[]): Map<string, Connection> {
  const byProvider = new Map<string, Connection>();
  for (const connection of connections) if (!byProvider.has(connection.provider)) byProvider.set(connection.provider, connection);
  return byProvider;
}

function hintFor(
  named: Connection | undefined,
  here: readonly { provider: string; model: string }[],
  everywhere: readonly { provider: string }[],
): string {
  if (here.length > 1) {
    const names = here.slice(0, NAMED_CANDIDATES).map(({ provider, model }) => `${provider}/${model}`);
    return `is offered by several connected providers: name one of ${names.join(', ')}.`;
  }
  if (named) return `is not one that ${named.provider} is known to have.`;
  if (everywhere.length > 0) return `is not offered by a connected provider.`;
  return 'is not known.';
}
