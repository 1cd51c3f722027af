import type { DataFolder } from './data-folder';
import type { Secrets } from './secrets';
import type { Servers } from './servers';
import type { ServicePlan, ServiceProcess } from './service-plan';
import type { Supervised } from './supervised';
import { identities, type SystemRecord } from './system-record';

/** The parts of a system. */
export interface SystemParts {
  readonly folder: DataFolder;
  readonly secrets: Secrets;
  readonly plan: ServicePlan;
  readonly servers: Servers;
  readonly simulator: Supervised;
  readonly simulatorUrl: string;
  readonly simulatorBook: string;
  readonly services: readonly { process: ServiceProcess; supervised: Supervised }[];
}

/** A started system: its programs, what is written down about them, and the way to stop them in order. */
export class RunningSystem {
  readonly secrets: Secrets;
  readonly servers: Servers;
  readonly simulator: Supervised;
  readonly simulatorUrl: string;
  readonly services: SystemParts['services'];
  #stopping: Promise<void> | null = null;

  constructor(private readonly parts: SystemParts) {
    this.secrets = parts.secrets;
    this.servers = parts.servers;
    this.simulator = parts.simulator;
    this.simulatorUrl = parts.simulatorUrl;
    this.services = parts.services;
  }

  get ingressUrl(): string {
    return this.parts.plan.ingressUrls[0] ?? '';
  }

  get consoleUrl(): string {
    return this.parts.plan.consoleUrls[0] ?? '';
  }

  /** Writes down what runs (system.json). */
  record(): void {
    const { simulatorUrl, simulatorBook, folder, servers, plan } = this.parts;
    const record: SystemRecord = {
      databaseUrl: servers.databaseUrl,
      kafkaBrokers: servers.brokers,
      simulatorUrl,
      simulatorBook,
      ingressUrls: plan.ingressUrls,
      consoleUrls: plan.consoleUrls,
      logs: folder.file('logs'),
      processes: identities(
        this.#programs().map(({ supervised, url }) => ({ name: supervised.name, pid: supervised.pid, ...(url ? { url } : {}) })),
      ),
    };
    folder.write('system.json', record);
  }

  /** Stops everything in order: first who takes calls, then who works on them, last what stores them. A minute at the very most. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Kills everything at once; what was accepted is kept and worked off at the next start. */
  kill(): void {
    for (const { supervised } of this.#programs()) void supervised.down();
    for (const { supervised } of this.#programs()) supervised.kill('SIGKILL');
  }

  async #stop(): Promise<void> {
    const doors = ['ingress', 'console'];
    const isDoor = (part: { process: ServiceProcess }): boolean => doors.includes(part.process.service);
    await this.#down(this.services.filter(isDoor).map(({ supervised }) => supervised));
    await this.#down([...this.services.filter((part) => !isDoor(part)).map(({ supervised }) => supervised), this.simulator]);
    await this.#down([this.servers.postgres, this.servers.kafka].filter((server) => server !== null));
    this.parts.folder.remove('system.json');
  }

  async #down(programs: Supervised[]): Promise<void> {
    await Promise.allSettled(programs.map((program) => program.down()));
  }

  #programs(): { supervised: Supervised; url?: string }[] {
    const servers = [this.servers.postgres, this.servers.kafka].filter((server) => server !== null);
    return [
      ...servers.map((supervised) => ({ supervised })),
      { supervised: this.simulator, url: this.simulatorUrl },
      ...this.services.map(({ supervised, process }) => ({ supervised, url: process.url })),
    ];
  }
}
