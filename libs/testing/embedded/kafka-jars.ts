import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import downloadArtifact from 'mvn-artifact-download';
import { cacheFolder } from './cache-folder';
import { projectRoot } from './project-root';
import { runProgram, tryProgram } from './run-program';

/** The broker's version; its jars and their SHA-256 stand in kafka-jars.json. */
export const KAFKA_VERSION = '4.1.0';

interface Jar {
  readonly artifact: string;
  readonly file: string;
  readonly sha256: string;
}

const DOWNLOADS_AT_ONCE = 8;

/** The class path of a Kafka broker: jars from the cache folder, fetched first if they are missing. Every jar is compared with its pinned SHA-256 on
 * each call, so a damaged cache mends itself. Throws when they cannot be had. */
export async function kafkaJars(say: (line: string) => void): Promise<string[]> {
  const folder = cacheFolder(`kafka-${KAFKA_VERSION}`);
  const jars = listJars();
  const missing = await unfit(folder, jars);
  if (missing.length > 0) {
    say(`fetching ${missing.length} jars of Kafka ${KAFKA_VERSION} into ${folder}`);
    await fetchInto(folder, missing, say);
  }
  return jars.map((jar) => join(folder, jar.file));
}

function listJars(): Jar[] {
  const pinned = JSON.parse(readFileSync(source('kafka-jars.json'), 'utf8')) as { artifact: string; sha256: string }[];
  return pinned.map(({ artifact, sha256 }) => {
    const [, name, version] = artifact.split(':');
    return { artifact, sha256, file: `${name}-${version}.jar` };
  });
}

async function unfit(folder: string, jars: Jar[]): Promise<Jar[]> {
  const fits = await Promise.all(
    jars.map(async (jar) =>
      readFile(join(folder, jar.file)).then(
        (bytes) => createHash('sha256').update(bytes).digest('hex') === jar.sha256,
        () => false,
      ),
    ),
  );
  return jars.filter((_, index) => !fits[index]);
}

/** Jars arrive in a folder of their own and move into the cache once checked: two processes that fetch at once do not meet. */
async function fetchInto(folder: string, jars: Jar[], say: (line: string) => void): Promise<void> {
  const arrivals = mkdtempSync(join(folder, 'arriving-'));
  try {
    if (await withMaven(arrivals)) say('fetched with Maven');
    const left = await unfit(arrivals, jars);
    await withDownloads(arrivals, left);
    const wrong = await unfit(arrivals, jars);
    if (wrong.length > 0) throw new Error(`not what was pinned by SHA-256: ${wrong.map((jar) => jar.artifact).join(', ')}`);
    for (const jar of jars) renameSync(join(arrivals, jar.file), join(folder, jar.file));
  } finally {
    rmSync(arrivals, { recursive: true, force: true });
  }
}

/** Maven first, since it knows a company's mirror from its settings. Without it, or when it fails, false. */
async function withMaven(arrivals: string): Promise<boolean> {
  if ((await tryProgram('mvn', ['-v'])) === null) return false;
  const args = ['-q', '-B', '-f', source('kafka-pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${arrivals}`];
  return runProgram('mvn', args).then(
    () => true,
    () => false,
  );
}

/** Trusts what the system trusts too, and goes through the proxy that the environment names: a company's network often needs both. */
async function withDownloads(arrivals: string, jars: Jar[]): Promise<void> {
  const agent = new Agent({ ca: [...getCACertificates('default'), ...getCACertificates('system')], proxyEnv: process.env });
  const queue = [...jars];
  const worker = async (): Promise<void> => {
    for (let jar = queue.pop(); jar !== undefined; jar = queue.pop())
      await downloadArtifact(jar.artifact, arrivals, undefined, undefined, { agent });
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, worker));
}

function source(name: string): string {
  return join(projectRoot(), 'libs/testing/embedded', name);
}
