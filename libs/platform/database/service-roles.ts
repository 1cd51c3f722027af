import type { ClientBase } from 'pg';
import { sqlState } from './sql-state';

/** A login role of a service, as its connection URL names it. */
export interface ServiceRole {
  readonly name: string;
  readonly password: string;
}

/**
 * Reads the role out of a connection URL.
 * @throws when the user is not the role that the service's SQL files grant to.
 */
export function roleOfUrl(url: string, expectedName: string): ServiceRole {
  const parsed = new URL(url);
  const name = decodeURIComponent(parsed.username);
  if (name !== expectedName) throw new Error(`the database URL's user should be ${expectedName}, not "${name}"`);
  return { name, password: decodeURIComponent(parsed.password) };
}

/** What another database's migration causes that changes the same role at that moment: it exists already, or its row was just rewritten. */
const MET_ANOTHER = new Set(['42710', '23505', 'XX000']);
const ATTEMPTS = 5;

/**
 * Creates a role that can log in and nothing else, or brings an existing one back to that. Neither superuser nor owner nor BYPASSRLS, so that forced
 * row-level security binds it; NOINHERIT, so that no membership lends it more. Roles belong to the whole server, while migrations exclude each other within
 * one database only; where two of different databases meet here, the later one tries again.
 */
export async function ensureRole(client: ClientBase, role: ServiceRole): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await createOrAlter(client, role);
    } catch (error) {
      if (attempt === ATTEMPTS || !MET_ANOTHER.has(sqlState(error) ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
    }
  }
}

async function createOrAlter(client: ClientBase, role: ServiceRole): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS found', [role.name]);
  const attributes = 'LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
  const verb = rows[0]?.found ? 'ALTER' : 'CREATE';
  await client.query(
    `${verb} ROLE ${client.escapeIdentifier(role.name)} WITH ${attributes} PASSWORD ${client.escapeLiteral(role.password)}`,
  );
}
