import { endProcess, identify, type ProcessIdentity } from '@tollgate/testing';
import type { DataFolder } from './data-folder';

/** What runs, for tools that measure, check or harm it (system.json): the owner's database, the broker, the simulator, every process. */
export interface SystemRecord {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
  readonly simulatorUrl: string;
  /** One JSON line for each call that the simulator answered. */
  readonly simulatorBook: string;
  readonly ingressUrls: readonly string[];
  readonly consoleUrls: readonly string[];
  readonly logs: string;
  /** By name; those that are down right now are missing. */
  readonly processes: Readonly<Record<string, ProcessIdentity & { url?: string }>>;
}

/** Who runs under which name right now. */
export function identities(pids: Iterable<{ name: string; pid: number | undefined; url?: string }>): SystemRecord['processes'] {
  const found: Record<string, ProcessIdentity & { url?: string }> = {};
  for (const { name, pid, url } of pids) {
    const identity = pid === undefined ? null : identify(pid);
    if (identity !== null) found[name] = url === undefined ? identity : { ...identity, url };
  }
  return found;
}

/** Ends what a start that was killed may have left behind on this folder. Only the very processes that it recorded are touched. */
export async function endLeftovers(folder: DataFolder): Promise<number> {
  const left = Object.values(folder.read<SystemRecord>('system.json')?.processes ?? {});
  const alive = left.filter((identity) => identify(identity.pid)?.startedAt === identity.startedAt);
  await Promise.all(alive.map((identity) => endProcess(identity, 'SIGTERM', 12_000)));
  return alive.length;
}
