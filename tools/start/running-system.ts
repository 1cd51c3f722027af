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

/** A started system: every program of it by name, and the way to stop them in order. */
export class RunningSystem {
  readonly secrets: Secrets;
  readonly servers: Servers;
  readonly simulator: Supervised;
  readonly simulatorUrl: string;
  readonly services: SystemParts['services'];
  readonly ingressUrls: readonly string[];
  readonly consoleUrls: readonly string[];
  readonly databaseUrl: string;
  readonly brokers: string;
  #stopping: Promise<void> | null = null;

  constructor(private readonly parts: SystemParts) {
    this.secrets = parts.secrets;
    this.servers = parts.servers;
    this.simulator = parts.simulator;
    this.simulatorUrl = parts.simulatorUrl;
    this.services = parts.services;
    this.ingressUrls = parts.plan.ingressUrls;
    this.consoleUrls = parts.plan.consoleUrls;
    this.databaseUrl = parts.servers.databaseUrl;
    this.brokers = parts.servers.brokers;
  }

  get ingressUrl(): string {
    return this.ingressUrls[0] ?? '';
  }

  get consoleUrl(): string {
    return this.consoleUrls[0] ?? '';
  }

  /** A program by name: `pricing`, `pricing-2`, `simulator`, `postgres`, `kafka`. Throws for an unknown name. */
  program(name: string): Supervised {
    const found = this.#programs().find(({ supervised }) => supervised.name === name);
    if (found === undefined) throw new Error(`no program ${name} in this system`);
    return found.supervised;
  }

  /** The processes of a service, whatever their number. */
  programsOf(service: string): Supervised[] {
    return this.services.filter(({ process }) => process.service === service).map(({ supervised }) => supervised);
  }

  /** Writes down what runs (system.json). */
  record(): void {
    const { simulatorUrl, simulatorBook, folder } = this.parts;
    const record: SystemRecord = {
      databaseUrl: this.databaseUrl,
      kafkaBrokers: this.brokers,
      ...{ simulatorUrl, simulatorBook, ingressUrls: this.ingressUrls, consoleUrls: this.consoleUrls, logs: folder.file('logs') },
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
