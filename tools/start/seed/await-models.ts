import type { RestClient } from './rest-client';

const WITHIN_MS = 60_000;
const PAUSE_MS = 300;

/**
 * Waits until the gateway offers models of each of these providers and no more of them arrive: on a fresh installation it learns the catalogue a moment
 * after it is ready. `gateway` speaks to it with a key that may call. Throws, naming who is missing, when that takes over a minute.
 */
export async function awaitModels(gateway: RestClient, providers: readonly string[]): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  for (let before = -1; ;) {
    const { data } = await gateway.json<{ data: { id: string }[] }>('/v1/models');
    const missing = providers.filter((provider) => !data.some(({ id }) => id.startsWith(`${provider}/`)));
    if (missing.length === 0 && data.length === before) return;
    before = data.length;
    if (Date.now() > deadline)
      throw new Error(`the gateway still knows no models of ${missing.join(', ')}; see the logs of pricing and ingress`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
