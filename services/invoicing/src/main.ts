import { loadConfig } from '@tollgate/platform/config';
import { createLogger, startTelemetry } from '@tollgate/platform/observability';
import { invoicingConfig } from './invoicing-config';
import { startInvoicing } from './start-invoicing';

startTelemetry('invoicing');
Promise.resolve()
  .then(() => startInvoicing(loadConfig(invoicingConfig)))
  .catch((error: unknown) => {
    createLogger('invoicing').fatal({ err: error }, 'invoicing cannot start');
    process.exit(1);
  });
