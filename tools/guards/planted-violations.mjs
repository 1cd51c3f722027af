// Lints a small violation of each import rule and fails when one goes unnoticed: a rule that skips itself is worse than none.
// Nx's boundary rule needs the project graph, so the graph is built first.
import { ESLint } from 'eslint';
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const boundary = '@nx/enforce-module-boundaries';

/** Where the violation would stand, what it says, and the rule that must refuse it (null: it must be allowed). */
const planted = [
  ['libs/domain/planted.ts', "import { topics } from '@tollgate/contracts'; export const x = topics;", boundary],
  ['libs/domain/planted.ts', "import { readFileSync } from 'node:fs'; export const x = readFileSync;", 'no-restricted-imports'],
  ['libs/domain/planted.ts', 'export const x = Date.now();', 'no-restricted-properties'],
  ['libs/domain/planted.ts', 'export const x = Math.random();', 'no-restricted-properties'],
  ['libs/domain/planted.ts', 'export const x = new Date();', 'no-restricted-syntax'],
  ['libs/contracts/planted.ts', "import { Decimal } from '@tollgate/domain'; export const x = Decimal;", boundary],
  ['libs/providers/planted.ts', "import { topics } from '@tollgate/contracts'; export const x = topics;", boundary],
  ['libs/platform/http/planted.ts', "import { Decimal } from '@tollgate/domain'; export const x = Decimal;", boundary],
  ['libs/platform/database/planted.ts', "import { Kafka } from 'kafkajs'; export const x = Kafka;", 'no-restricted-imports'],
  ['services/pricing/src/planted.ts', "import { Kafka } from 'kafkajs'; export const x = Kafka;", 'no-restricted-imports'],
  ['services/pricing/src/planted.ts', "import { x as y } from '../../ingress/src/planted'; export const x = y;", boundary],
  ['services/pricing/src/planted.ts', "import { startPostgres } from '@tollgate/testing'; export const x = startPostgres;", boundary],
  ['tools/simulator/planted.ts', "import { Decimal } from '@tollgate/domain'; export const x = Decimal;", boundary],
  ['tools/bench/planted.ts', "import { x as y } from '../../services/ingress/src/main'; export const x = y;", boundary],
  ['services/pricing/src/planted.ts', "import { Decimal } from '@tollgate/domain'; export const x = Decimal;", null],
  ['libs/platform/kafka/planted.ts', "import { Kafka } from 'kafkajs'; export const x = Kafka;", null],
  ['tools/chaos/planted.ts', "import { x as y } from '../bench/planted'; export const x = y;", null],
  ['tools/bench/planted.ts', "import { x as y } from '../simulator/planted'; export const x = y;", boundary],
  ['services/pricing/src/planted.int.spec.ts', "import { startPostgres } from '@tollgate/testing'; export const x = startPostgres;", null],
];

execFileSync(join(root, 'node_modules/.bin/nx'), ['show', 'projects'], { cwd: root, stdio: 'ignore' });
const eslint = new ESLint({ cwd: root });
let unnoticed = 0;
for (const [file, text, rule] of planted) {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  const found = result.messages
    .filter((m) => m.ruleId === boundary || m.ruleId?.startsWith('no-restricted') || m.fatal)
    .map((m) => m.ruleId);
  const good = rule === null ? found.length === 0 : found.includes(rule);
  if (!good) {
    unnoticed += 1;
    console.error(
      `${file}: \`${text}\` should ${rule === null ? 'be allowed' : `break ${rule}`}, but ${found.length === 0 ? 'nothing was reported' : `reported: ${found.join(', ')}`}`,
    );
  }
}
console.log(`import rules: ${planted.length - unnoticed} of ${planted.length} planted cases behave`);
process.exitCode = unnoticed === 0 ? 0 : 1;
