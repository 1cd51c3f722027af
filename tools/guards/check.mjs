// `npm run check`: everything that can be judged without a database or a broker. Two steps at a time; each prints its result as it ends.
// The last argument `--report FILE` also writes the results as JSON.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const reportFile = process.argv.includes('--report') ? resolve(process.argv[process.argv.indexOf('--report') + 1]) : undefined;
const unitReport = join(root, '.nx/unit-tests.json');
mkdirSync(dirname(unitReport), { recursive: true });

const steps = [
  {
    name: 'unit tests',
    command: [bin('vitest'), 'run', '--project', 'unit', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
    mend: 'npm run test:unit',
  },
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', 'tsconfig.json'], mend: 'npx tsc --noEmit' },
  {
    name: 'lint',
    command: [bin('eslint'), '.', '--max-warnings=0', '--cache', '--cache-location', '.nx/eslintcache'],
    mend: 'npx eslint . --fix',
  },
  {
    name: 'format',
    command: [bin('prettier'), '--check', '--log-level', 'warn', '--cache', '--cache-location', '.nx/prettiercache', '.'],
    mend: 'npm run format',
  },
  { name: 'import rules', command: [process.execPath, 'tools/guards/planted-violations.mjs'] },
  { name: 'dead code', command: [bin('knip'), '--no-progress'], mend: 'remove it, or say in knip.json why it stays' },
  { name: 'contract lint', command: [bin('buf'), 'lint', 'proto'] },
  { name: 'contract format', command: [bin('buf'), 'format', '--diff', '--exit-code', 'proto'], mend: 'npx buf format -w proto' },
  {
    name: 'contract breaking',
    command: [bin('buf'), 'breaking', 'proto', '--against', 'proto/released.binpb'],
    mend: 'add fields instead of changing them',
  },
  {
    name: 'contract code',
    command: [process.execPath, 'tools/build/generate-contracts.mjs', '--check'],
    mend: 'npx nx run tollgate:contracts',
  },
  { name: 'house style', command: [process.execPath, 'tools/guards/style.mjs'] },
];

function run(step) {
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(step.command[0], step.command.slice(1), {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', NX_DAEMON: 'false' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const limit = setTimeout(() => child.kill('SIGKILL'), 240_000);
    child.on('error', (error) => (output += String(error)));
    child.on('close', (code) => {
      clearTimeout(limit);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const passed = code === 0;
      console.log(`${passed ? '✓' : '✗'} ${step.name} (${seconds} s)`);
      if (!passed) console.log(`${output.trimEnd().split('\n').slice(-80).join('\n')}\n${step.mend ? `→ mend with: ${step.mend}\n` : ''}`);
      done({ name: step.name, passed, seconds });
    });
  });
}

const queue = [...steps];
const results = [];
async function worker() {
  for (let step = queue.shift(); step; step = queue.shift()) results.push(await run(step));
}
const started = Date.now();
await Promise.all([worker(), worker()]);

let tests = { passed: 0, failed: 0 };
try {
  const report = JSON.parse(readFileSync(unitReport, 'utf8'));
  tests = { passed: report.numPassedTests, failed: report.numFailedTests };
} catch {
  tests = { passed: 0, failed: 1 };
}
const failed = results.filter((r) => !r.passed);
console.log(
  `check: ${results.length - failed.length} of ${results.length} steps passed, ${tests.passed} unit tests passed, ${tests.failed} failed, ${((Date.now() - started) / 1000).toFixed(0)} s`,
);
if (reportFile) writeFileSync(reportFile, JSON.stringify({ steps: results, tests }));
process.exitCode = failed.length === 0 ? 0 : 1;
