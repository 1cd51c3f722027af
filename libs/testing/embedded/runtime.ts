import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafkaContainer, startPostgresContainer } from './containers';
import { startKafka } from './kafka';
import { startPostgres } from './postgres';

/** A server for tests; `stop` also removes what it stored. */
export interface TestServer {
  /** PostgreSQL: the owner's URL. Kafka: the brokers. */
  readonly address: string;
  stop(): Promise<void>;
}

/** A PostgreSQL 17 of its own: embedded, or a container with `TEST_RUNTIME=containers`. */
export async function testPostgres(): Promise<TestServer> {
  if (inContainers()) return startPostgresContainer();
  const folder = temporaryFolder('postgres');
  const server = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
  return { address: server.url, stop: () => server.stop().finally(() => remove(folder)) };
}

/** A broker of its own (2 s, 300 MB): embedded, or a container with `TEST_RUNTIME=containers`. For spec files whose consumers use real topic and group
 * names, which would otherwise meet those of other files. */
export async function dedicatedKafka(): Promise<TestServer> {
  if (inContainers()) return startKafkaContainer();
  const folder = temporaryFolder('kafka');
  const server = await startKafka({ dataDir: folder });
  return { address: server.brokers, stop: () => server.stop().finally(() => remove(folder)) };
}

function inContainers(): boolean {
  const runtime = process.env.TEST_RUNTIME ?? 'local';
  if (runtime !== 'local' && runtime !== 'containers')
    throw new Error(`TEST_RUNTIME is ${runtime}: set local (embedded servers) or containers`);
  return runtime === 'containers';
}

/** The servers may run as another user than the tests, who must be able to pass through. */
function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tollgate-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
