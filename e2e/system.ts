import { inject } from 'vitest';

/** Where the running system is reached, and what only a test of the whole may look at. */
export interface RunningSystem {
  readonly ingressUrl: string;
  /** Every ingress process. */
  readonly ingressUrls: readonly string[];
  readonly consoleUrl: string;
  readonly operatorKey: string;
  /** The owner of the database. */
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
  readonly simulatorUrl: string;
  readonly dataDir: string;
  /** Processes by name (`pricing`, `pricing-2`), as they were when the system had come up. */
  readonly processes: Readonly<Record<string, { readonly pid: number }>>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    tollgate: RunningSystem;
  }
}

/** The system that the run's global set-up started. */
export function system(): RunningSystem {
  return inject('tollgate');
}
