import { projectRoot } from '@tollgate/testing';
import { DataFolder } from './data-folder';
import { offerDemo } from './demo/offer-demo';
import { HELP, OptionError, parseOptions, type StartOptions } from './options';
import { consoleProgress } from './progress';
import { seedSystem } from './seed/seed-system';
import { startSystem } from './start-system';
import { StopRequest } from './stop-request';
import { welcome } from './welcome';

/** `npm start`: everything on one machine, until it is told to stop. */
async function main(options: StartOptions): Promise<void> {
  const progress = consoleProgress();
  const folder = new DataFolder(options.dataDir);
  folder.lock();
  const stop = new StopRequest(progress);
  try {
    progress.step(`data, secrets and logs are in ${folder.path}`);
    const system = await startSystem({ folder, options, env: process.env, progress, signal: stop.signal });
    stop.onInsist(() => system.kill());
    try {
      const dev = await seedSystem(system, folder, process.env, progress);
      await offerDemo({ dev, folder, progress, wanted: options.demo, signal: stop.signal, ready: () => console.log(welcome(dev, folder)) });
      await stop.requested;
    } finally {
      folder.remove('dev.json');
      await system.stop();
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    folder.unlock();
  }
  progress.step('everything is stopped');
}

function fail(error: unknown): never {
  console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
  if (!(error instanceof OptionError) && process.env.DEBUG) console.error(error);
  process.exit(1);
}

try {
  const options = parseOptions(process.argv.slice(2), process.env, projectRoot());
  if (options.help) console.log(HELP);
  else void main(options).then(() => process.exit(0), fail);
} catch (error) {
  fail(error);
}
