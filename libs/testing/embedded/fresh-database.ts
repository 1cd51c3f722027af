import { randomUUID } from 'node:crypto';
import { ensureDatabase } from './ensure-database';

/** Makes an empty database for one spec file, so that specs never meet, and returns its owner's URL. `name` (letters, digits, underscores) makes it
 * findable; a random part is added. Roles belong to the whole server: two spec files that migrate the same service share its roles, with the same
 * password. It goes with the server. */
export async function freshDatabase(ownerUrl: string, name = 'spec'): Promise<string> {
  const database = `${name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}_${randomUUID().slice(0, 8)}`;
  await ensureDatabase(ownerUrl, database);
  const url = new URL(ownerUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
