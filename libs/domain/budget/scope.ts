/** What a budget holds. Absent or empty members match everything. */
export interface BudgetScope {
  readonly project?: string;
  readonly team?: string;
  readonly env?: string;
  readonly feature?: string;
  /** Key id. */
  readonly key?: string;
  readonly provider?: string;
  readonly model?: string;
}

/** What is known of a call or charge; empty strings where it is untagged. */
export type ScopeFacts = { readonly [member in keyof Required<BudgetScope>]: string };

const MEMBERS = ['project', 'team', 'env', 'feature', 'key', 'provider', 'model'] as const;

/** Whether a call or charge counts towards a budget of that scope: every named member must be equal. */
export function scopeMatches(scope: BudgetScope, facts: ScopeFacts): boolean {
  return MEMBERS.every((member) => !scope[member] || scope[member] === facts[member]);
}

/** Whether the scope holds everything of its organisation. */
export function isAllCovering(scope: BudgetScope): boolean {
  return MEMBERS.every((member) => !scope[member]);
}
