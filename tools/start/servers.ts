import { startKafka, startPostgres } from '@tollgate/testing';
import type { PortChooser } from './choose-ports';
import type { DataFolder } from './data-folder';
import type { Progress } from './progress';
import { Supervised } from './supervised';

/** The database server and the broker: embedded ones, or those that the environment names (then nothing is supervised). */
export interface Servers {
  readonly databaseUrl: string;
  readonly brokers: string;
  readonly postgres: Supervised | null;
  readonly kafka: Supervised | null;
}

const DATABASE = 'tollgate';
const PREFERRED_POSTGRES_PORT = 15432;
const PREFERRED_KAFKA_PORT = 19092;

/** Plans the servers; `up()` of each starts it. Ports are chosen once, so that a server that comes back is found where it was. */
export async function planServers(job: {
  folder: DataFolder;
  ports: PortChooser;
  ownerPassword: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  changed: () => void;
}): Promise<Servers> {
  const { folder, ports, progress } = job;
  const say = (line: string): void => progress.step(line);
  const events = { started: job.changed, ended: (text: string) => progress.warn(text) };
  const given = { databaseUrl: job.env.DATABASE_URL || null, brokers: job.env.KAFKA_BROKERS || null };
  const logs = folder.folder('logs');
  const postgresPort = given.databaseUrl === null ? await ports.internal(PREFERRED_POSTGRES_PORT) : 0;
  const kafkaPort = given.brokers === null ? await ports.internal(PREFERRED_KAFKA_PORT) : 0;
  const postgres = (): ReturnType<typeof startPostgres> =>
    startPostgres({
      dataDir: folder.file('postgres'),
      port: postgresPort,
      password: job.ownerPassword,
      database: DATABASE,
      logFile: `${logs}/postgres.log`,
      say,
    });
  const kafka = (): ReturnType<typeof startKafka> =>
    startKafka({ dataDir: folder.file('kafka'), port: kafkaPort, logFile: `${logs}/kafka.log`, say });
  return {
    databaseUrl: given.databaseUrl ?? `postgres://postgres:${job.ownerPassword}@127.0.0.1:${postgresPort}/${DATABASE}`,
    brokers: given.brokers ?? `127.0.0.1:${kafkaPort}`,
    postgres: given.databaseUrl === null ? new Supervised('postgres', postgres, events) : null,
    kafka: given.brokers === null ? new Supervised('kafka', kafka, events) : null,
  };
}
