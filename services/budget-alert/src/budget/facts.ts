import { createHash } from 'node:crypto';
import type { ScopeFacts } from '@tollgate/domain';

/**
 * Names a meter's seven facts in sixteen bytes, written as a UUID: tags may be longer than an index entry can be. A digest, so that every process and
 * every replay finds the same row.
 */
export function factsId(facts: ScopeFacts): string {
  const { provider, model, project, team, env, feature, key } = facts;
  const hex = createHash('sha256')
    .update(JSON.stringify([provider, model, project, team, env, feature, key]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
