import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's top folder (the one with nx.json), seen from the sources and from dist/ alike. */
export function projectRoot(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
  }
  throw new Error(`no nx.json above ${__dirname}: the project's folder is not complete`);
}
