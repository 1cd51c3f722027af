import { fieldProblem } from '../http/field-problem';
import type { CreateApiKey } from './api-key.schema';

/** Throws the 400 of a key whose members contradict each other or go beyond what its owner may have. */
export function assertKeyIsSound(key: CreateApiKey, ownedByOperator: boolean, nowMs: number): void {
  const { scopes, project, mayTagProject, tags, expiresAt } = key;
  if (ownedByOperator && scopes.some((scope) => scope !== 'operator')) {
    throw fieldProblem(
      'scopes',
      'may hold operator alone: the key belongs to no organisation',
      'Use ["operator"], or name the organisation that the key is for.',
    );
  }
  if (!ownedByOperator && scopes.includes('operator')) {
    throw fieldProblem('scopes', 'must not hold operator: no key of an organisation may administer others', 'Leave operator out.');
  }
  if (ownedByOperator && (project !== undefined || Object.keys(tags).length > 0)) {
    throw fieldProblem(
      project === undefined ? 'tags' : 'project',
      'belongs to an organisation, and this key to none',
      'Leave it out, or name the organisation.',
    );
  }
  if (project !== undefined && scopes.includes('admin')) {
    throw fieldProblem('project', 'cannot bind a key with the scope admin, which reaches every project', 'Leave project or admin out.');
  }
  if (project !== undefined && tags['project'] !== undefined && tags['project'] !== project) {
    throw fieldProblem(
      'tags.project',
      'names another project than the one that the key is bound to',
      'Leave it out: the bound project is the default.',
    );
  }
  if (project === undefined && mayTagProject) {
    throw fieldProblem(
      'mayTagProject',
      'has no meaning without project: an unbound key may name any project',
      'Leave it out, or bind the key to a project.',
    );
  }
  if (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs)
    throw fieldProblem('expiresAt', 'is past', 'Name a time ahead, or leave it out.');
}
