import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainedProblems, PROBLEM_CATALOGUE } from './problem-catalogue';

const root = join(__dirname, '../../../..');

/** Problems that the sources make: `status code`, each with the file where it was found first. */
function problemsInUse(): Map<string, string> {
  const files = globSync(['services/*/src/**/*.ts', 'libs/platform/http/**/*.ts'], { cwd: root }).filter(
    (file) => !file.endsWith('.spec.ts'),
  );
  const found = new Map<string, string>();
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8');
    // As members of a problem, and as the first arguments of a function that makes one.
    const written = [
      ...source.matchAll(/(?:\bstatus: (\d{3}),\s*)?\bcode: '([a-z_]+)',\s*title:/g),
      ...source.matchAll(/\b[a-z]\w*\((\d{3}), '([a-z_]+)',/g),
    ];
    for (const [, status, code] of written) {
      const problem = `${status ?? ''} ${code}`.trim();
      if (!found.has(problem)) found.set(problem, file);
    }
  }
  return found;
}

describe('the problems that are explained', () => {
  it('are all that the services and the platform answer, with their status', () => {
    const explained = new Set(PROBLEM_CATALOGUE.flatMap(({ code, status }) => [code, `${status} ${code}`]));
    const inUse = problemsInUse();
    expect(inUse.size).toBeGreaterThan(30);
    expect([...inUse].filter(([problem]) => !explained.has(problem))).toEqual([]);
  });

  it('are explained once each', () => {
    const codes = PROBLEM_CATALOGUE.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('give way to what a service says of its own', () => {
    const own = { code: 'budget_exceeded', status: 402, title: 'Its own words', meaning: 'm', fix: 'f' };
    expect(explainedProblems([own]).filter(({ code }) => code === 'budget_exceeded')).toEqual([own]);
  });
});
