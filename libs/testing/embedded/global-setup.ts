import type { TestProject } from 'vitest/node';
import { dedicatedKafka, testPostgres, type TestServer } from './runtime';

declare module 'vitest' {
  interface ProvidedContext {
    /** The owner's URL of an empty database; a spec file makes its own with `freshDatabase(inject('databaseUrl'))`. */
    databaseUrl: string;
    /** A broker that all spec files share, comma-separated. */
    kafkaBrokers: string;
  }
}

/** Brings up PostgreSQL and Kafka once for all integration specs and tells the specs where they are. `TEST_DATABASE_URL` and `TEST_KAFKA_BROKERS` name
 * servers that already run; those are left alone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: TestServer[] = [];
  const start = async (given: string | undefined, make: () => Promise<TestServer>): Promise<string> => {
    if (given) return given;
    const server = await make();
    started.push(server);
    return server.address;
  };
  const stop = async (): Promise<void> => void (await Promise.all(started.map((server) => server.stop())));
  const starting = [start(process.env.TEST_DATABASE_URL, testPostgres), start(process.env.TEST_KAFKA_BROKERS, dedicatedKafka)] as const;
  try {
    const [databaseUrl, kafkaBrokers] = await Promise.all(starting);
    project.provide('databaseUrl', databaseUrl);
    project.provide('kafkaBrokers', kafkaBrokers);
  } catch (error) {
    await Promise.allSettled(starting);
    await stop();
    throw error;
  }
  return stop;
}
