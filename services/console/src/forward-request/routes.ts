import type { ForwardedService } from '../console.config';

/** Which service answers to /api/v1/<prefix> and all below it. */
const OWNERS: Readonly<Record<string, ForwardedService>> = {
  organizations: 'accounts',
  members: 'accounts',
  projects: 'accounts',
  'api-keys': 'accounts',
  providers: 'accounts',
  'audit-log': 'accounts',
  models: 'pricing',
  prices: 'pricing',
  'price-books': 'pricing',
  'fx-rates': 'pricing',
  charges: 'pricing',
  're-ratings': 'pricing',
  'parked-usage': 'pricing',
  conflicts: 'pricing',
  producers: 'pricing',
  completeness: 'pricing',
  usage: 'aggregation',
  spend: 'aggregation',
  forecasts: 'aggregation',
  exports: 'aggregation',
  budgets: 'budget-alert',
  alerts: 'budget-alert',
  webhooks: 'budget-alert',
  invoices: 'invoicing',
  'credit-notes': 'invoicing',
  'billing-settings': 'invoicing',
  'payment-methods': 'invoicing',
  closes: 'invoicing',
  'vendor-statements': 'invoicing',
};

/**
 * The service of a request's path (with or without query), or undefined if none has it. A path that steps upwards, in whatever spelling, has none: what
 * lies beside /api/v1 is not for the outside.
 */
export function serviceOf(url: string): ForwardedService | undefined {
  const [path = ''] = url.split(/[?#]/, 1);
  const [root, api, version, prefix = '', ...rest] = path.split('/');
  if (root !== '' || api !== 'api' || version !== 'v1' || [prefix, ...rest].some(isStep)) return undefined;
  // `invoices.csv` belongs to whom `invoices` belongs to.
  const name = prefix.split('.', 1)[0] ?? '';
  return Object.hasOwn(OWNERS, name) ? OWNERS[name] : undefined;
}

function isStep(segment: string): boolean {
  const plain = segment.replace(/%2e/gi, '.').replace(/;.*$/, '');
  return plain === '.' || plain === '..' || segment.includes('\\') || /%(2f|5c|00)/i.test(segment);
}
