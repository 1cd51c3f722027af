import { DataFolder } from './data-folder';
import { offerDemo } from './demo/offer-demo';
import { consoleProgress } from './progress';
import { RestClient } from './seed/rest-client';
import { seedSystem } from './seed/seed-system';

const READY_WITHIN_MS = 180_000;
const RECEIVER_PORT = 8099;

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

/** The demo in a container of its own: seeds the system that runs beside it, then does what `npm start` does on a fresh data folder, and ends. */
async function main(): Promise<void> {
  const progress = consoleProgress();
  const folder = new DataFolder(variable('TOLLGATE_DATA_DIR'));
  const system = {
    ingressUrl: variable('TOLLGATE_INGRESS_URL'),
    consoleUrl: variable('TOLLGATE_CONSOLE_URL'),
    simulatorUrl: variable('TOLLGATE_SIMULATOR_URL'),
    secrets: { operatorKey: variable('TOLLGATE_OPERATOR_KEY') },
  };
  await untilReady(new RestClient(system.consoleUrl, system.secrets.operatorKey));
  const dev = await seedSystem(system, folder, process.env, progress);
  progress.step('the shared connections and the demo organisation are there');
  const host = variable('TOLLGATE_DEMO_HOST');
  await offerDemo({
    dev,
    folder,
    progress,
    wanted: true,
    signal: new AbortController().signal,
    ready: () => {
      const [gateway, console] = [variable('TOLLGATE_PUBLIC_INGRESS_URL'), variable('TOLLGATE_PUBLIC_CONSOLE_URL')];
      progress.step(`gateway ${gateway}/v1, front door ${console}/api/v1, reference ${console}/docs`);
      progress.step(`api key ${dev.apiKey}`);
      progress.step(`finance key ${dev.financeKey}`);
      progress.step(`admin key ${dev.adminKey}`);
      progress.step(`operator key ${dev.operatorKey}`);
    },
    receiver: { bindHost: '0.0.0.0', publicHost: host, port: RECEIVER_PORT },
  });
}

async function untilReady(operator: RestClient): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await operator.json('/api/v1/providers?limit=1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resume) => setTimeout(resume, 1_000));
    }
  }
}

main().catch((error: unknown) => {
  console.error(`✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
