import { awaitReady } from './await-ready';
import { PortChooser } from './choose-ports';
import type { DataFolder } from './data-folder';
import { migrateServices } from './migrate-services';
import type { StartOptions } from './options';
import type { Progress } from './progress';
import { RunningSystem } from './running-system';
import { readSecrets } from './secrets';
import { planServers } from './servers';
import { planServices, type ServiceProcess } from './service-plan';
import { programEnvironment, startProgram } from './start-program';
import { Supervised } from './supervised';
import { endLeftovers } from './system-record';

/** What a system is started with. */
export interface SystemSetup {
  readonly folder: DataFolder;
  readonly options: Pick<StartOptions, 'ingressPort' | 'consolePort' | 'copies' | 'fresh'>;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  /** Stops the start half-way. */
  readonly signal: AbortSignal;
}

const READY_TIMEOUT_MS = 180_000;
const PREFERRED_SIMULATOR_PORT = 8190;

/** Starts the whole system on a data folder that the caller has locked: servers, schemas, every service, the provider simulator. Resolves once all are
 * ready. When anything fails, what was started is stopped again. */
export async function startSystem(setup: SystemSetup): Promise<RunningSystem> {
  const { folder, options, progress, signal } = setup;
  const left = await endLeftovers(folder);
  if (left > 0) progress.step(`ended ${left} processes that an earlier start had left behind`);
  folder.remove('dev.json');
  if (options.fresh) await folder.clear();

  const ports = new PortChooser((text) => progress.warn(text));
  const ingressPort = await ports.public('--ingress-port', options.ingressPort, 8080);
  const consolePort = await ports.public('--console-port', options.consolePort, 8088);
  const secrets = readSecrets(folder);
  const logs = folder.folder('logs');
  const changed = (): void => running?.record();
  const events = { started: changed, ended: (text: string) => progress.warn(`${text}; see ${logs}`) };
  const servers = await planServers({ folder, ports, ownerPassword: secrets.ownerPassword, env: setup.env, progress, changed });
  const plan = await planServices({
    ...{ secrets, ingressPort, consolePort, ports, copies: options.copies, env: setup.env },
    databaseUrl: servers.databaseUrl,
    brokers: servers.brokers,
    ingressDataDir: folder.folder('ingress'),
  });
  const simulatorPort = await ports.internal(PREFERRED_SIMULATOR_PORT);
  const simulatorBook = `${folder.folder('simulator')}/book.jsonl`;
  const supervise = (name: string, file: string, env: Record<string, string>, args: string[] = []): Supervised => {
    const job = {
      file,
      args,
      env: programEnvironment(env),
      logFile: `${logs}/${name}.log`,
      killed: () => progress.warn(`${name} did not stop in time and was killed; see ${logs}`),
    };
    return new Supervised(name, async () => startProgram(job), events);
  };
  const simulator = supervise('simulator', 'dist/tools/simulator/main.js', {}, ['--port', String(simulatorPort), '--book', simulatorBook]);
  const services = plan.processes.map((process) => ({
    process,
    supervised: supervise(process.name, `dist/services/${process.service}/src/main.js`, process.env),
  }));
  const running = new RunningSystem({
    folder,
    secrets,
    plan,
    servers,
    simulator,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    simulatorBook,
    services,
  });
  try {
    await bringUp(running, plan, () => migrateServices(plan), setup);
    signal.throwIfAborted();
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function bringUp(
  running: RunningSystem,
  plan: { processes: readonly ServiceProcess[] },
  migrate: () => Promise<void>,
  { progress, signal, folder }: SystemSetup,
): Promise<void> {
  const { postgres, kafka } = running.servers;
  const kafkaUp = (async () => {
    await kafka?.up();
    if (kafka !== null) progress.step(`Kafka answers on ${running.servers.brokers}`);
  })();
  await settled([
    kafkaUp,
    (async () => {
      await postgres?.up();
      if (postgres !== null) progress.step(`PostgreSQL answers on ${new URL(running.servers.databaseUrl).host}`);
      signal.throwIfAborted();
      await migrate();
      progress.step('the schemas are up to date');
    })(),
    running.simulator.up(),
  ]);
  signal.throwIfAborted();
  await Promise.all(running.services.map(({ supervised }) => supervised.up()));
  progress.step(`started ${plan.processes.length} service processes`);
  await awaitReady(plan.processes, { timeoutMs: READY_TIMEOUT_MS, logs: folder.file('logs'), progress, signal });
  progress.step('all services are ready');
}

/** Like Promise.all, but waits for all before it rejects: nothing goes on starting while the rest is being stopped. */
async function settled(parts: Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(parts);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
