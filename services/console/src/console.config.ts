import { commonVariables } from '@tollgate/platform/config';
import { z } from 'zod';

const serviceUrls = (port: number) => commonVariables.baseUrls.default([`http://127.0.0.1:${port}`]);

/** Environment of the console process. It holds neither the keys' pepper nor any database's password. */
export const consoleVariables = z.object({
  TOLLGATE_PORT: commonVariables.port.default(8088),
  TOLLGATE_HOST: commonVariables.host,
  TOLLGATE_INTERNAL_SECRET: commonVariables.secret,
  TOLLGATE_ACCOUNTS_URL: serviceUrls(8101),
  TOLLGATE_PRICING_URL: serviceUrls(8102),
  TOLLGATE_AGGREGATION_URL: serviceUrls(8103),
  TOLLGATE_BUDGET_ALERT_URL: serviceUrls(8104),
  TOLLGATE_INVOICING_URL: serviceUrls(8105),
  TOLLGATE_INGRESS_OPERATIONS_URL: serviceUrls(8180),
  TOLLGATE_INGRESS_URL: z
    .url({ protocol: /^https?$/ })
    .describe('where clients reach the gateway, as the reference shows it, such as https://ai.example.com')
    .default('http://localhost:8080'),
});

export type ConsoleConfig = z.output<typeof consoleVariables>;

/** Nest's injection token of the `ConsoleConfig`. */
export const CONSOLE_CONFIG = Symbol('CONSOLE_CONFIG');

/** The services that REST requests are forwarded to. */
export const FORWARDED_SERVICES = ['accounts', 'pricing', 'aggregation', 'budget-alert', 'invoicing'] as const;

export type ForwardedService = (typeof FORWARDED_SERVICES)[number];

/** A service's base URLs; they are tried in turn. */
export function urlsOf(config: ConsoleConfig, service: ForwardedService): string[] {
  const urls: Record<ForwardedService, string[]> = {
    accounts: config.TOLLGATE_ACCOUNTS_URL,
    pricing: config.TOLLGATE_PRICING_URL,
    aggregation: config.TOLLGATE_AGGREGATION_URL,
    'budget-alert': config.TOLLGATE_BUDGET_ALERT_URL,
    invoicing: config.TOLLGATE_INVOICING_URL,
  };
  return urls[service];
}
