import type { ProblemEntry } from '../merge-documents/open-api';
import { BILLING_PROBLEMS } from './problems-of-billing';
import { API_PROBLEMS } from './problems-of-the-api';
import { GATEWAY_PROBLEMS } from './problems-of-the-gateway';

export const PROBLEM_CATALOGUE: readonly ProblemEntry[] = [...API_PROBLEMS, ...BILLING_PROBLEMS, ...GATEWAY_PROBLEMS];

/** The problems that are known here, and those that services describe in their documents (`x-problems`), which go before. */
export function explainedProblems(described: readonly ProblemEntry[]): ProblemEntry[] {
  return [...new Map([...PROBLEM_CATALOGUE, ...described].map((problem) => [problem.code, problem])).values()];
}
