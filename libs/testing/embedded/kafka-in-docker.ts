import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EmbeddedKafka } from './kafka';
import { kafkaAnswers } from './kafka-answers';
import { KAFKA_VERSION } from './kafka-jars';
import { asEnvironment, kafkaSettings } from './kafka-settings';
import { startKeptProcess } from './kept-process';
import { tryProgram } from './run-program';

const CONTROLLER_PORT = 29093;
const DATA = '/var/lib/kafka/data';

/** The image of the broker; `KAFKA_IMAGE` names another one. */
export function kafkaImage(): string {
  return process.env.KAFKA_IMAGE ?? `apache/kafka:${KAFKA_VERSION}`;
}

/** Runs the broker in a container that is removed when it stops. Its data lies in a Docker volume named after `dataDir`, since the image's user
 * cannot write into a folder of the host. */
export async function startKafkaInDocker(setup: {
  dataDir: string;
  port: number;
  logFile: string;
  say: (line: string) => void;
}): Promise<EmbeddedKafka> {
  const name = dockerName(setup.dataDir);
  setup.say(`no Java: running Kafka in Docker (${kafkaImage()}, container and volume ${name})`);
  await tryProgram('docker', ['rm', '-f', name]);
  const settings = kafkaSettings({
    brokerHost: '127.0.0.1',
    bindHost: '0.0.0.0',
    port: setup.port,
    controllerPort: CONTROLLER_PORT,
    logFolder: DATA,
  });
  const environment = Object.entries(asEnvironment(settings)).flatMap(([variable, value]) => ['-e', `${variable}=${value}`]);
  const publish = ['-p', `127.0.0.1:${setup.port}:${setup.port}`];
  const broker = await startKeptProcess({
    command: 'docker',
    args: ['run', '--rm', '--name', name, ...publish, '-v', `${name}:${DATA}`, ...environment, kafkaImage()],
    logFile: setup.logFile,
    pidFile: join(setup.dataDir, 'kafka.pid.json'),
    stopSignal: 'SIGTERM',
    graceMs: 20_000,
  });
  try {
    // Long enough for the image to be pulled.
    await kafkaAnswers({ port: setup.port }, 240_000, broker.exited);
  } catch (error) {
    await broker.stop();
    throw new Error(`Kafka did not start in Docker: ${(error as Error).message}; see ${setup.logFile}`);
  }
  return { brokers: `127.0.0.1:${setup.port}`, port: setup.port, pid: broker.pid, exited: broker.exited, stop: () => broker.stop() };
}

/** Removes what Docker keeps of this data folder's broker, if anything. */
export async function removeKafkaVolume(dataDir: string): Promise<void> {
  await tryProgram('docker', ['volume', 'rm', '-f', dockerName(dataDir)]);
}

function dockerName(dataDir: string): string {
  return `tollgate-kafka-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
}
