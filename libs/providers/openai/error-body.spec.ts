import { expect, it } from 'vitest';
import { openAiErrorBody } from './error-body';

it("puts a problem into the dialect's own error, with what to do", () => {
  const problem = {
    type: '/docs/problems#budget_exhausted',
    title: 'Budget exhausted',
    status: 402,
    detail: 'The budget "team search" is used up.',
    code: 'budget_exhausted',
    fix: 'Raise it, or wait until 2026-12-01.',
    spent: '10',
  };
  expect(openAiErrorBody(problem)).toEqual({
    error: {
      message: 'The budget "team search" is used up. Raise it, or wait until 2026-12-01.',
      type: 'insufficient_quota',
      param: null,
      code: 'budget_exhausted',
      title: 'Budget exhausted',
      status: 402,
      detail: 'The budget "team search" is used up.',
      fix: 'Raise it, or wait until 2026-12-01.',
      spent: '10',
      documentation: '/docs/problems#budget_exhausted',
    },
  });
});

it.each([
  [401, 'invalid_request_error'],
  [404, 'invalid_request_error'],
  [403, 'permission_error'],
  [429, 'rate_limit_error'],
  [503, 'server_error'],
])('names status %i as OpenAI does: %s', (status, type) => {
  expect(openAiErrorBody({ type: '', title: '', status, detail: '', code: 'x' }, 'model').error).toMatchObject({ type, param: 'model' });
});
