import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '@tollgate/testing';
import { DATABASE_SERVICES } from './secrets';
import type { ServicePlan } from './service-plan';
import { programEnvironment } from './start-program';

/** Brings the schemas of all services up to date, side by side; each is safe to repeat. Throws with the last words of one that failed. */
export async function migrateServices(plan: ServicePlan): Promise<void> {
  await Promise.all(DATABASE_SERVICES.map((service) => migrate(service, programEnvironment(plan.migrationEnv(service)))));
}

async function migrate(service: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [join(projectRoot(), `dist/services/${service}/src/migrate.js`)], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0)
    throw new Error(
      `the schema of ${service} cannot be brought up to date (code ${code}):\n${output.trim().split('\n').slice(-12).join('\n')}`,
    );
}
