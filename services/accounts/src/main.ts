import { createLogger, startTelemetry } from '@tollgate/platform/observability';

startTelemetry('accounts');

import { loadConfig } from '@tollgate/platform/config';
import { createHttpApp } from '@tollgate/platform/http';
import { accountsVariables } from './accounts.config';
import { AccountsModule } from './app.module';

async function main(): Promise<void> {
  const config = loadConfig(accountsVariables);
  await createHttpApp(AccountsModule.with(config), {
    service: 'accounts',
    port: config.TOLLGATE_PORT,
    host: config.TOLLGATE_HOST,
    internalSecret: config.TOLLGATE_INTERNAL_SECRET,
  });
}

main().catch((error: unknown) => {
  createLogger('accounts').fatal({ err: error }, 'accounts cannot start');
  process.exit(1);
});
