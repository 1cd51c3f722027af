import { loadConfig } from '@tollgate/platform/config';
import { createLogger, startTelemetry } from '@tollgate/platform/observability';
import { pricingVariables } from './pricing.config';
import { startPricing } from './start-pricing';

startTelemetry('pricing');
Promise.resolve()
  .then(() => startPricing(loadConfig(pricingVariables)))
  .catch((error: unknown) => {
    createLogger('pricing').fatal({ err: error }, 'pricing cannot start');
    process.exit(1);
  });
