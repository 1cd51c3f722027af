import { createLogger, startTelemetry } from '@tollgate/platform/observability';

startTelemetry('console');

import { loadConfig } from '@tollgate/platform/config';
import { consoleVariables } from './console.config';
import { startConsole } from './start-console';

async function main(): Promise<void> {
  await startConsole(loadConfig(consoleVariables), { handleSignals: true });
}

main().catch((error: unknown) => {
  createLogger('console').fatal({ err: error }, 'console cannot start');
  process.exit(1);
});
