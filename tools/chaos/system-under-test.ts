import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePort,
  isAlive,
  projectRoot,
  startKafka,
  startPostgres,
  type EmbeddedKafka,
  type EmbeddedPostgres,
  type ProcessIdentity,
} from '@tollgate/testing';
import type { SystemRecord } from '../start/system-record';

/** What `npm start` writes into dev.json once all is healthy. */
export interface Dev {
  ingressUrl: string;
  consoleUrl: string;
  operatorKey: string;
}

/** One process of a service: `pricing`, and `pricing-2` for its second one. */
export interface ServiceProcess {
  name: string;
  identity: ProcessIdentity;
}

const SERVICE = /^(accounts|pricing|aggregation|budget-alert|invoicing|ingress|console)(-\d+)?$/;

const UP_WITHIN_MS = 120_000;
const DOWN_WITHIN_MS = 30_000;

/**
 * A whole Tollgate with a PostgreSQL and a Kafka of its own, which can be taken away and brought back. Everything is a child of this process, and ends
 * with it.
 */
export class SystemUnderTest {
  private constructor(
    readonly folder: string,
    readonly dev: Dev,
    private readonly supervisor: ChildProcess,
    private postgres: EmbeddedPostgres,
    private kafka: EmbeddedKafka,
    private readonly ports: { postgres: number; kafka: number },
  ) {}

  static async start(copies: number): Promise<SystemUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-chaos-'));
    chmodSync(folder, 0o755);
    const ports = { postgres: await freePort(), kafka: await freePort() };
    const [postgres, kafka] = await Promise.all([
      startPostgres({ dataDir: join(folder, 'postgres'), port: ports.postgres }),
      startKafka({ dataDir: join(folder, 'kafka'), port: ports.kafka }),
    ]);
    const dataDir = join(folder, 'data');
    const [ingress, console] = [await freePort(), await freePort()];
    const args = [
      '--no-demo',
      '--data-dir',
      dataDir,
      '--ingress-port',
      String(ingress),
      '--console-port',
      String(console),
      '--copies',
      String(copies),
    ];
    const supervisor = spawn(process.execPath, [join(projectRoot(), 'dist/tools/start/main.js'), ...args], {
      cwd: projectRoot(),
      env: { ...process.env, DATABASE_URL: postgres.url, KAFKA_BROKERS: kafka.brokers },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const file = join(dataDir, 'dev.json');
    const deadline = Date.now() + UP_WITHIN_MS;
    while (!existsSync(file)) {
      if (supervisor.exitCode !== null || Date.now() > deadline)
        throw new Error(`the system did not come up; its logs are in ${dataDir}/logs`);
      await new Promise((resume) => setTimeout(resume, 100));
    }
    return new SystemUnderTest(folder, JSON.parse(readFileSync(file, 'utf8')) as Dev, supervisor, postgres, kafka, ports);
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  /** What runs now, as the supervisor records it. */
  get record(): SystemRecord {
    return JSON.parse(readFileSync(join(this.folder, 'data', 'system.json'), 'utf8')) as SystemRecord;
  }

  /** The processes of our services that are alive; those that are being restarted are not among them. */
  processes(): ServiceProcess[] {
    return Object.entries(this.record.processes)
      .filter(([name, identity]) => SERVICE.test(name) && isAlive(identity))
      .map(([name, identity]) => ({ name, identity }));
  }

  /** Ends one process at once, as a crash or the kernel would. Only processes that `processes` found are ours. */
  kill({ identity }: ServiceProcess): void {
    if (!isAlive(identity)) return;
    try {
      process.kill(identity.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  async withoutKafka(work: () => Promise<void>): Promise<void> {
    await this.kafka.stop();
    try {
      await work();
    } finally {
      this.kafka = await startKafka({ dataDir: join(this.folder, 'kafka'), port: this.ports.kafka });
    }
  }

  async withoutPostgres(work: () => Promise<void>): Promise<void> {
    await this.postgres.stop();
    try {
      await work();
    } finally {
      this.postgres = await startPostgres({ dataDir: join(this.folder, 'postgres'), port: this.ports.postgres });
    }
  }

  /** Stops everything. The folder stays when `keep` is set, for whoever has to find out what went wrong. */
  async stop(keep: boolean): Promise<void> {
    const gone = new Promise((resume) => this.supervisor.once('exit', resume));
    this.supervisor.kill('SIGTERM');
    const timer = setTimeout(() => this.supervisor.kill('SIGKILL'), DOWN_WITHIN_MS);
    if (this.supervisor.exitCode === null && this.supervisor.signalCode === null) await gone;
    clearTimeout(timer);
    await Promise.allSettled([this.kafka.stop(), this.postgres.stop()]);
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}
