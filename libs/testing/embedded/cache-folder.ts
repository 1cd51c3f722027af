import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './project-root';

/** A folder for what is fetched once and used by every run: `TOLLGATE_CACHE_DIR`, else `~/.cache/tollgate`, else (a home that cannot be written)
 * `.tollgate/cache` in the project. Made if missing; throws, naming what to set, when none can be written. */
export function cacheFolder(...names: string[]): string {
  const chosen = process.env.TOLLGATE_CACHE_DIR;
  const candidates = chosen ? [chosen] : [join(homedir(), '.cache', 'tollgate'), join(projectRoot(), '.tollgate', 'cache')];
  for (const candidate of candidates) {
    const folder = join(candidate, ...names);
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      continue;
    }
  }
  throw new Error(`cannot write ${candidates.join(' nor ')}: set TOLLGATE_CACHE_DIR to a folder that can be written`);
}
