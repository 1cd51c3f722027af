import { readFileSync } from 'node:fs';

/** Who runs the server. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The server refuses to run as root: then it runs as `postgres` where that user exists, else as `nobody`. Null when this process is not root, and so runs
 * it itself. No user is ever made. */
export function postgresUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = entries.find((fields) => fields[0] === name);
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    'PostgreSQL cannot run as root and /etc/passwd has neither a user postgres nor nobody: start as another user, or set DATABASE_URL.',
  );
}
