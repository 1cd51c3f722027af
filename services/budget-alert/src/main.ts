import { loadConfig } from '@tollgate/platform/config';
import { createLogger, startTelemetry } from '@tollgate/platform/observability';
import { budgetAlertVariables } from './budget-alert.config';
import { startBudgetAlert } from './start-budget-alert';

startTelemetry('budget-alert');
Promise.resolve()
  .then(() => startBudgetAlert(loadConfig(budgetAlertVariables)))
  .catch((error: unknown) => {
    createLogger('budget-alert').fatal({ err: error }, 'budget-alert cannot start');
    process.exit(1);
  });
