import { Problem } from '@tollgate/platform/http';

/** What went wrong between here and the provider. Every one of them leaves a record. */
export const providerUnreachable = (provider: string, why: string) =>
  new Problem({
    status: 502,
    code: 'provider_unreachable',
    title: 'The provider cannot be reached',
    detail: `No connection to ${provider}: ${why}. The call was not sent and costs nothing.`,
    fix: 'Try again; if it stays so, check the base URL of the provider connection.',
  });

export const providerTimeout = (provider: string, what: string) =>
  new Problem({
    status: 504,
    code: 'provider_timeout',
    title: 'The provider takes too long',
    detail: `${provider} ${what}.`,
    fix: 'Try again, with a shorter answer or as a stream.',
  });

export const providerCut = (provider: string) =>
  new Problem({
    status: 502,
    code: 'provider_cut',
    title: 'The provider broke off',
    detail: `${provider} closed the connection before its answer was complete.`,
    fix: 'Try again.',
  });

export const providerGarbage = (provider: string, what: string) =>
  new Problem({
    status: 502,
    code: 'provider_garbage',
    title: 'The provider answered nonsense',
    detail: `${provider} answered ${what}.`,
    fix: 'Try again; if it stays so, check the base URL of the provider connection.',
  });

export const providerRefusedKey = (provider: string) =>
  new Problem({
    status: 502,
    code: 'provider_refused_key',
    title: 'The provider refused its credentials',
    detail: `${provider} does not accept the secret of its connection. Your own API key is fine.`,
    fix: 'Whoever manages the provider connection has to store a valid secret.',
  });

export const providerError = (provider: string, status: number) =>
  new Problem({
    status,
    code: 'provider_error',
    title: 'The provider answered an error',
    detail: `${provider} answered the status ${status} without saying more.`,
    fix: status === 429 || status >= 500 ? 'Try again in a moment.' : 'Check the request against the documentation of the provider.',
  });

export const shuttingDown = () =>
  new Problem({
    status: 503,
    code: 'shutting_down',
    title: 'Restarting',
    detail: 'This process of the gateway ends and could not wait for the answer.',
    fix: 'Try again.',
    retryAfterSeconds: 1,
  });
