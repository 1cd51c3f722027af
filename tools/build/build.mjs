// Compiles every TypeScript source of libs, services and tools to dist/, file by file, and copies what stands beside them (SQL, data, templates).
// A file that is newer in dist/ than its source is left alone, so a second build takes a moment.
import { transformFileSync } from '@swc/core';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const started = Date.now();
const force = process.argv.includes('--force');
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8'));
const configTime = Math.max(statSync(join(root, 'tsconfig.base.json')).mtimeMs, statSync(import.meta.filename).mtimeMs);

const options = {
  cwd: root,
  sourceMaps: 'inline',
  module: { type: 'commonjs', importInterop: 'swc', ignoreDynamic: true },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
    baseUrl: root,
    paths: compilerOptions.paths,
  },
};

const isSource = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !/\.spec\.ts$/.test(file);
const isAsset = (file) =>
  /\.(sql|jsonl?|csv|gz|typ|proto|html|css|svg|ttf|otf|txt|py|cjs)$/.test(file) && !/(^|\/)(project|tsconfig[^/]*)\.json$/.test(file);
const files = globSync('{libs,services,tools}/**/*', { cwd: root, exclude: (name) => name === 'node_modules' }).filter(
  (f) => isSource(f) || isAsset(f),
);

let compiled = 0;
const wanted = new Set();
for (const file of files) {
  const source = join(root, file);
  const target = join(root, 'dist', isSource(file) ? file.replace(/\.ts$/, '.js') : file);
  wanted.add(target);
  const sourceTime = Math.max(statSync(source).mtimeMs, isSource(file) ? configTime : 0);
  if (!force && existsSync(target) && statSync(target).mtimeMs > sourceTime) continue;
  mkdirSync(dirname(target), { recursive: true });
  if (isSource(file)) writeFileSync(target, transformFileSync(source, { ...options, filename: source }).code);
  else copyFileSync(source, target);
  compiled += 1;
}
for (const stale of globSync('dist/**/*.{js,sql}', { cwd: root })) if (!wanted.has(join(root, stale))) rmSync(join(root, stale));
console.log(`built ${compiled} of ${files.length} files in ${((Date.now() - started) / 1000).toFixed(1)} s`);
