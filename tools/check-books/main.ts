import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { answeredCalls, booksWithin, projectRoot, readSimulatorBook, reportText } from '@tollgate/testing';

const USAGE = `usage: node dist/tools/check-books/main.js [--data .tollgate] [--database URL] [--simulator URL] [--organization ID] [--since TIME] [--wait SECONDS]

Compares the books of a running system with each other and, where there is a simulator, with its own book of answered calls.
What is not named is read from system.json in the data folder, which npm start writes. --database needs the superuser.
Exit code 0: the books agree; 1: they do not; 2: they could not be read.`;

interface Places {
  databaseUrl?: string;
  simulatorUrl?: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: join(projectRoot(), '.tollgate') },
      database: { type: 'string' },
      simulator: { type: 'string' },
      organization: { type: 'string' },
      since: { type: 'string' },
      wait: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const { databaseUrl, simulatorUrl }: Places = {
    ...(values.database === undefined && recorded(values.data)),
    ...named(values.database, values.simulator),
  };
  if (databaseUrl === undefined)
    throw new Error(`The database is not known: name it with --database, or the folder with --data.\n\n${USAGE}`);
  const sinceMs = values.since === undefined ? undefined : Date.parse(values.since);
  if (Number.isNaN(sinceMs)) throw new Error(`--since ${values.since} is no time; write 2026-10-01T00:00:00Z`);
  const report = await booksWithin(Number(values.wait) * 1_000, async () => ({
    ownerUrl: databaseUrl,
    ...(values.organization !== undefined && { organizationId: values.organization }),
    ...(sinceMs !== undefined && { sinceMs }),
    // An organisation's part of the simulator's book, or a time's, cannot be told from the rest.
    ...(simulatorUrl !== undefined &&
      values.organization === undefined &&
      sinceMs === undefined && { calls: answeredCalls(await readSimulatorBook(simulatorUrl)) }),
  }));
  console.log(reportText(report));
  process.exitCode = report.ok ? 0 : 1;
}

function recorded(folder: string): Places {
  return JSON.parse(readFileSync(join(resolve(folder), 'system.json'), 'utf8')) as Places;
}

function named(databaseUrl: string | undefined, simulatorUrl: string | undefined): Places {
  return { ...(databaseUrl !== undefined && { databaseUrl }), ...(simulatorUrl !== undefined && { simulatorUrl }) };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
