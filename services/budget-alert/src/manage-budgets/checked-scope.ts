import type { BudgetScope } from '@tollgate/domain';
import type { KnownThings } from '../directory/known-things';
import { fieldProblem } from '../http/field-problem';

/**
 * A scope that can match: its project exists, and a model that is named as the catalogue lists it (`openai/gpt-4o`) is taken apart, since charges name
 * provider and model apart. Throws a Problem 400 otherwise.
 */
export async function checkedScope(organizationId: string, given: BudgetScope, known: KnownThings): Promise<BudgetScope> {
  const scope = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as BudgetScope;
  if (scope.project !== undefined && !(await known.hasProject(organizationId, scope.project))) {
    throw fieldProblem('scope.project', 'names no project of the organisation', 'Use the slug of a project, or create the project first.');
  }
  const slash = scope.model?.indexOf('/') ?? -1;
  if (scope.model === undefined || slash <= 0) return scope;
  const prefix = scope.model.slice(0, slash);
  if (scope.provider === prefix || (scope.provider === undefined && known.hasProvider(prefix))) {
    return { ...scope, provider: prefix, model: scope.model.slice(slash + 1) };
  }
  return scope;
}
