import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '../../..');
const LONGEST_START_MS = 60_000;

/** A service as a process of its own, from the build. */
export class RunningProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Brings dist/ up to date. */
  static async build(): Promise<void> {
    await finished(spawn(process.execPath, [join(root, 'tools/build/build.mjs')], { stdio: 'ignore' }));
  }

  static async migrate(service: string, environment: Record<string, string>): Promise<void> {
    await finished(
      spawn(process.execPath, [join(root, `dist/services/${service}/src/migrate.js`)], {
        env: environmentOf(environment),
        stdio: 'ignore',
      }),
    );
  }

  /** Resolves once the process says where it listens. */
  static async start(service: string, environment: Record<string, string>): Promise<RunningProcess> {
    const child = spawn(process.execPath, [join(root, `dist/services/${service}/src/main.js`)], {
      env: environmentOf({ TOLLGATE_PORT: '0', ...environment }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${service} did not start`)), LONGEST_START_MS);
      child.once('exit', (code) => reject(new Error(`${service} ended with ${code}`)));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const said = /"url":"(http:[^"]+)"/.exec(line)?.[1];
        if (said === undefined || !line.includes(`${service} listens`)) return;
        clearTimeout(late);
        resolve(said);
      });
    });
    return new RunningProcess(child, url);
  }

  /** Ends the process and answers its exit code; null for one that was killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return ended;
  }
}

function environmentOf(own: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], ...own };
}

async function finished(child: ChildProcess): Promise<void> {
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`);
}
