import type { ClientBase } from 'pg';

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

/**
 * Creates a role that can log in and nothing else, or brings an existing one back to that. Neither superuser nor owner nor BYPASSRLS, so that forced
 * row-level security binds it; NOINHERIT, so that no membership lends it more.
 */
export async function ensureRole(client: ClientBase, role: ServiceRole): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS found', [role.name]);
  const attributes = 'LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
  const verb = rows[0]?.found ? 'ALTER' : 'CREATE';
  await client.query(
    `${verb} ROLE ${client.escapeIdentifier(role.name)} WITH ${attributes} PASSWORD ${client.escapeLiteral(role.password)}`,
  );
}
