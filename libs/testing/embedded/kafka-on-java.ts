import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './cache-folder';
import { freePort } from './free-port';
import type { JavaRuntime } from './java-runtime';
import type { EmbeddedKafka } from './kafka';
import { kafkaAnswers } from './kafka-answers';
import { KAFKA_VERSION, kafkaJars } from './kafka-jars';
import { asProperties, KAFKA_LOGGING, kafkaSettings } from './kafka-settings';
import { startKeptProcess } from './kept-process';
import { runProgram } from './run-program';

const JVM = [
  '-Xmx256m',
  '-Xms128m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Xlog:cds=off',
  '-Xlog:cds+dynamic=off',
];
const STOP_GRACE_MS = 15_000;

/** Runs the broker on a Java runtime. The first run records a class data archive as it stops cleanly, with which later ones start in a third of the time. */
export async function startKafkaOnJava(
  java: JavaRuntime,
  setup: { dataDir: string; port: number; logFile: string; say: (line: string) => void },
): Promise<EmbeddedKafka> {
  const classPath = (await kafkaJars(setup.say)).join(delimiter);
  const logFolder = join(setup.dataDir, 'log');
  const properties = join(setup.dataDir, 'server.properties');
  const logging = join(setup.dataDir, 'log4j2.properties');
  const settings = kafkaSettings({
    brokerHost: '127.0.0.1',
    bindHost: '127.0.0.1',
    port: setup.port,
    controllerPort: await freePort(),
    logFolder,
  });
  writeFileSync(properties, asProperties(settings));
  writeFileSync(logging, KAFKA_LOGGING);

  const archive = archiveFile(java, classPath);
  const recorded = existsSync(archive);
  const recording = `${archive}.${process.pid}.${setup.port}`;
  const common = [...JVM, `-Dlog4j2.configurationFile=${logging}`, '-cp', classPath];
  const useArchive = recorded ? [`-XX:SharedArchiveFile=${archive}`] : [];
  if (!existsSync(join(logFolder, 'meta.properties'))) {
    await runProgram(java.command, [...useArchive, ...common, 'kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', properties]);
  }
  const broker = await startKeptProcess({
    command: java.command,
    args: [...(recorded ? useArchive : [`-XX:ArchiveClassesAtExit=${recording}`]), ...common, 'kafka.Kafka', properties],
    logFile: setup.logFile,
    pidFile: join(setup.dataDir, 'kafka.pid.json'),
    stopSignal: 'SIGTERM',
    graceMs: STOP_GRACE_MS,
  });
  try {
    await kafkaAnswers({ port: setup.port, clusterId: clusterId(logFolder) }, 60_000, broker.exited);
  } catch (error) {
    await broker.stop();
    throw new Error(`Kafka did not start: ${(error as Error).message}; see ${setup.logFile}`);
  }
  return {
    brokers: `127.0.0.1:${setup.port}`,
    port: setup.port,
    pid: broker.pid,
    exited: broker.exited,
    stop: async () => {
      await broker.stop();
      if (existsSync(recording) && !existsSync(archive)) renameSync(recording, archive);
      rmSync(recording, { force: true });
    },
  };
}

/** Bound to the runtime and the jars' places, since a JVM refuses an archive that was made with others. */
function archiveFile(java: JavaRuntime, classPath: string): string {
  const binding = createHash('sha256')
    .update(`${java.version}\n${classPath}\n${JVM.join(' ')}`)
    .digest('hex')
    .slice(0, 16);
  return join(cacheFolder(`kafka-${KAFKA_VERSION}`), `classes-${binding}.jsa`);
}

/** 16 random bytes in base64url that do not begin with a dash, which the tool would take for an option. */
function newClusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
}

function clusterId(logFolder: string): string {
  const found = /^cluster\.id=(.+)$/m.exec(readFileSync(join(logFolder, 'meta.properties'), 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${logFolder}/meta.properties names no cluster: the folder is damaged`);
  return found.trim();
}
