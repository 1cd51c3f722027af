import { Problem } from '@tollgate/platform/http';
import { describe, expect, it } from 'vitest';
import { createApiKey } from './api-key.schema';
import { assertKeyIsSound } from './key-rules';

const NOW = Date.parse('2026-10-01T00:00:00Z');

function refusedField(request: object, ownedByOperator = false): string | undefined {
  try {
    assertKeyIsSound(createApiKey.parse({ name: 'A', scopes: ['inference'], ...request }), ownedByOperator, NOW);
    return undefined;
  } catch (error) {
    return (error as Problem).extra['errors'] === undefined
      ? 'no field'
      : (error as { extra: { errors: [{ field: string }] } }).extra.errors[0].field;
  }
}

describe('a key', () => {
  it.each([
    ['of an organisation', {}, false, undefined],
    ['bound to a project whose name its tags repeat', { project: 'a', tags: { project: 'a' } }, false, undefined],
    ['bound to a project and allowed others', { project: 'a', mayTagProject: true }, false, undefined],
    ['that expires a millisecond ahead', { expiresAt: '2026-10-01T00:00:00.001Z' }, false, undefined],
    ['of the operator', { scopes: ['operator'] }, true, undefined],
    ['of the operator with more than its scope', { scopes: ['operator', 'admin'] }, true, 'scopes'],
    ['of the operator with a project', { scopes: ['operator'], project: 'a' }, true, 'project'],
    ['of the operator with tags', { scopes: ['operator'], tags: { team: 'a' } }, true, 'tags'],
    ['of an organisation with the scope operator', { scopes: ['admin', 'operator'] }, false, 'scopes'],
    ['that administers one project', { scopes: ['admin'], project: 'a' }, false, 'project'],
    ['whose tags name another project', { project: 'a', tags: { project: 'b' } }, false, 'tags.project'],
    ['that may name any project twice over', { mayTagProject: true }, false, 'mayTagProject'],
    ['that expires now', { expiresAt: '2026-10-01T00:00:00Z' }, false, 'expiresAt'],
  ])('%s: %j', (_title, request, ownedByOperator, field) => {
    expect(refusedField(request, ownedByOperator)).toBe(field);
  });
});
