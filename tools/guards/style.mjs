// The house style as a test: names, docstrings, sizes, words that have no place here, and READMEs whose invariants name a test that exists.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));
const read = (file) => readFileSync(join(root, file), 'utf8');
const problems = [];
const report = (file, line, text) => problems.push(`${file}${line ? `:${line}` : ''} ${text}`);
const isCode = (file) => /\.(ts|mts|mjs|cjs|tsx)$/.test(file);
const isGenerated = (file) => file.startsWith('libs/contracts/gen/');
const isSpec = (file) => file.endsWith('.spec.ts');

const vagueNames = /(^|\/)(utils?|helpers?|common|manager|misc)(\.|\/|$)/;
for (const file of tracked.filter((f) => isCode(f) && !isGenerated(f))) {
  if (vagueNames.test(file)) report(file, 0, 'has a name that says nothing; name it after what it does');
  if (!/^[a-z0-9.-]+$/.test(basename(file))) report(file, 0, 'is not in kebab-case');
  if (basename(file) === 'index.ts' && !/^libs\/(platform\/)?[a-z-]+\/index\.ts$/.test(file))
    report(file, 0, 'index.ts belongs at a library’s root only');
  if (file.startsWith('libs/') && basename(file) === 'index.ts' && /export \* from/.test(read(file)))
    report(file, 0, 'exports by star; name what is public');
  const lines = read(file).split('\n');
  if (lines.length > 301) report(file, 0, `has ${lines.length - 1} lines; over 300 it is two files`);
}

// Spelt in pieces, so that this file passes its own test.
const unwanted = [
  [new RegExp(`\\b(TO${''}DO|FIX${''}ME|HA${''}CK)\\b`), 'leaves work undone'],
  [new RegExp(`for${' '}now\\b`, 'i'), 'speaks of a later that never comes'],
  [new RegExp(`https?://[^/\\s"']*(registry\\.npm|repo1?\\.maven|pypi\\.org|pythonhosted)`, 'i'), 'names a registry’s host'],
  [new RegExp(`\\.\\./shared${'/'}`), 'names a folder outside the project'],
  [/\b(it|test|describe)\.(only|skip|todo)\b/, 'narrows or skips a test'],
];
for (const file of tracked.filter((f) => !isGenerated(f) && !/\.(gz|binpb|png|ttf|otf|pdf|csv)$/.test(f) && f !== 'package-lock.json')) {
  read(file)
    .split('\n')
    .forEach((text, i) => {
      for (const [pattern, why] of unwanted) if (pattern.test(text)) report(file, i + 1, `${why}: ${text.trim().slice(0, 100)}`);
    });
}
if (/"resolved":/.test(read('package-lock.json')))
  report('package-lock.json', 0, 'records download addresses; set omit-lockfile-registry-resolved=true');

for (const file of tracked.filter(
  (f) => f.startsWith('libs/') && f.endsWith('.ts') && !isSpec(f) && !isGenerated(f) && basename(f) !== 'index.ts',
)) {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  for (const statement of source.statements) {
    const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword);
    if (!exported || ts.isExportDeclaration(statement)) continue;
    if (ts.isFunctionDeclaration(statement) && statement.body === undefined) continue;
    if (ts.getJSDocCommentsAndTags(statement).length === 0) {
      const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
      report(file, line + 1, 'is exported from a library without a docstring');
    }
  }
}

for (const file of tracked.filter((f) => /^services\/[^/]+\/project\.json$/.test(f))) {
  const readme = join(dirname(file), 'README.md');
  if (!existsSync(join(root, readme))) {
    report(readme, 0, 'is missing');
    continue;
  }
  const text = read(readme);
  for (const heading of ['Owns', 'Does not own', 'Consumes', 'Publishes', 'Invariants'])
    if (!new RegExp(`(^#+ |\\*\\*|^\\| *)${heading}\\b`, 'm').test(text)) report(readme, 0, `does not say under “${heading}”`);
  for (const [, spec] of text.matchAll(/`([\w./-]+\.spec\.ts)`/g))
    if (!tracked.some((other) => other === spec || (other.startsWith(`${dirname(file)}/`) && `/${other}`.endsWith(`/${spec}`))))
      report(readme, 0, `names a test that does not exist: ${spec}`);
  if (!/`[\w./-]+\.spec\.ts`/.test(text)) report(readme, 0, 'names no test for its invariants');
}

for (const problem of problems) console.error(problem);
console.log(`house style: ${problems.length} problems in ${tracked.length} files`);
process.exitCode = problems.length === 0 ? 0 : 1;
