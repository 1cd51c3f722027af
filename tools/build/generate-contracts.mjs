// Generates libs/contracts/gen from proto/ with buf and ts-proto. `--check` fails when what is committed differs from what would be generated.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const generated = join(root, 'libs/contracts/gen');
const buf = join(root, 'node_modules/.bin/buf');
const read = (folder) => new Map(globSync('**/*.ts', { cwd: folder }).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));

if (!process.argv.includes('--check')) {
  rmSync(generated, { recursive: true, force: true });
  execFileSync(buf, ['generate'], { cwd: join(root, 'proto'), stdio: 'inherit' });
} else {
  const kept = mkdtempSync(join(tmpdir(), 'contracts-'));
  cpSync(generated, kept, { recursive: true });
  try {
    execFileSync(buf, ['generate'], { cwd: join(root, 'proto'), stdio: 'inherit' });
    const [now, before] = [read(generated), read(kept)];
    const changed = [...new Set([...now.keys(), ...before.keys()])].filter((file) => now.get(file) !== before.get(file));
    if (changed.length > 0) {
      console.error(
        `libs/contracts/gen does not match proto/: ${changed.join(', ')}. Run \`npx nx run tollgate:contracts\` and commit the result.`,
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(kept, { recursive: true, force: true });
  }
}
