import { chownSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program';
import type { SystemUser } from './postgres-user';

/** Makes the server's data folder, unless it was made before. It takes its place only when it is complete: a run that is cut short leaves nothing that a
 * later one would take for a database. */
export async function initialisePostgres(job: {
  initdb: string;
  data: string;
  password: string;
  user: SystemUser | null;
  identity: { cwd: string; env: NodeJS.ProcessEnv };
}): Promise<void> {
  if (existsSync(join(job.data, 'PG_VERSION'))) return;
  const arriving = mkdtempSync(`${job.data}-new-`);
  const data = join(arriving, 'data');
  const passwordFile = join(arriving, 'password');
  writeFileSync(passwordFile, `${job.password}\n`, { mode: 0o600 });
  if (job.user !== null) for (const path of [arriving, passwordFile]) chownSync(path, job.user.uid, job.user.gid);
  const form = ['--encoding=UTF8', '--locale=C', '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await runProgram(job.initdb, [`--pgdata=${data}`, ...form, '--no-sync', '--no-instructions'], job.identity);
    renameSync(data, job.data);
  } finally {
    rmSync(arriving, { recursive: true, force: true });
  }
}
