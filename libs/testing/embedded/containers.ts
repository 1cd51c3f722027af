import { GenericContainer, Wait } from 'testcontainers';
import { freePort } from './free-port';
import { kafkaAnswers } from './kafka-answers';
import { kafkaImage } from './kafka-in-docker';
import { asEnvironment, kafkaSettings } from './kafka-settings';
import type { TestServer } from './runtime';

const POSTGRES_PORT = 5432;
const KAFKA_PORT = 9092;
const START_SCRIPT = '/tmp/start-kafka.sh';

/** PostgreSQL in a container (`POSTGRES_IMAGE`, default postgres:17). */
export async function startPostgresContainer(): Promise<TestServer> {
  const container = await new GenericContainer(process.env.POSTGRES_IMAGE ?? 'postgres:17')
    .withEnvironment({ POSTGRES_PASSWORD: 'postgres', POSTGRES_DB: 'tollgate' })
    .withCommand(['postgres', '-c', 'max_connections=400', '-c', 'fsync=off'])
    .withExposedPorts(POSTGRES_PORT)
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const address = `postgres://postgres:postgres@${container.getHost()}:${container.getMappedPort(POSTGRES_PORT)}/tollgate`;
  return { address, stop: async () => void (await container.stop()) };
}

/** Kafka in a container (`KAFKA_IMAGE`, default apache/kafka). Clients are told the broker's address by the broker itself, and its mapped port is known only
 * once the container runs: so its entrypoint waits for the start script, which is copied in with that port. */
export async function startKafkaContainer(): Promise<TestServer> {
  const container = await new GenericContainer(kafkaImage())
    .withExposedPorts(KAFKA_PORT)
    .withEntrypoint(['sh', '-c', `echo waiting; while [ ! -f ${START_SCRIPT} ]; do sleep 0.1; done; exec sh ${START_SCRIPT}`])
    .withWaitStrategy(Wait.forLogMessage(/waiting/))
    .start();
  const [host, port] = [container.getHost(), container.getMappedPort(KAFKA_PORT)];
  const settings = kafkaSettings({
    brokerHost: host,
    bindHost: '0.0.0.0',
    port: KAFKA_PORT,
    controllerPort: await freePort(),
    logFolder: '/var/lib/kafka/data',
  });
  const exports = Object.entries(asEnvironment({ ...settings, 'advertised.listeners': `PLAINTEXT://${host}:${port}` }));
  const script = [...exports.map(([name, value]) => `export ${name}='${value}'`), 'exec /etc/kafka/docker/run', ''].join('\n');
  await container.copyContentToContainer([{ content: script, target: START_SCRIPT, mode: 0o755 }]);
  await kafkaAnswers({ host, port }, 60_000);
  return { address: `${host}:${port}`, stop: async () => void (await container.stop()) };
}
