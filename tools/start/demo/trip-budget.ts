import { randomUUID } from 'node:crypto';
import { Decimal } from '@tollgate/domain';
import { eventually, type DemoContext } from './demo-context';
import { openAiClient } from './live-calls';
import { WebhookReceiver } from './webhook-receiver';

const THRESHOLDS = [50, 80, 100];
const MODEL = 'openai/gpt-4o-mini';
const ENOUGH_CALLS = 12;
const THRESHOLD_EVENT = 'budget.threshold.reached';

/** A budget of four calls, and calls until it is used up: one webhook for each threshold arrives, its signature checked. Returns the thresholds in the order
 * of their arrival. */
export async function tripBudget(context: DemoContext): Promise<number[]> {
  const receiver = new WebhookReceiver();
  const port = await receiver.listen(context.receiver.bindHost, context.receiver.port);
  const url = `http://${context.receiver.publicHost}:${port}/alerts`;
  const endpoint = await context.admin.json<{ id: string; secret: string }>('/api/v1/webhooks', {
    method: 'POST',
    body: { url, events: [THRESHOLD_EVENT] },
  });
  receiver.trust(endpoint.secret);
  try {
    // A tag of this run alone, so that a demo that is run again starts from zero.
    const feature = `budget-demo-${randomUUID().slice(0, 8)}`;
    // On a fresh installation the price list may still be on its way to the gateway.
    const cost = await eventually(`a cost named by the gateway for ${MODEL}`, context, 30_000, () => callOnce(context, feature));
    const amount = Decimal.parse(cost).times(Decimal.from(4n)).toString();
    const body = {
      name: `Demo: ${feature}`,
      scope: { project: 'support', feature },
      period: 'month',
      amount,
      thresholds: THRESHOLDS,
      hardLimit: false,
    };
    const budget = await context.admin.json<{ id: string }>('/api/v1/budgets', { method: 'POST', body });
    const arrived = (): number[] =>
      receiver.received
        .filter(({ type, data }) => type === THRESHOLD_EVENT && data.budgetId === budget.id)
        .map(({ data }) => Number(data.threshold));
    for (let calls = 1; calls < ENOUGH_CALLS && arrived().length < THRESHOLDS.length; calls += 1) await callOnce(context, feature);
    const seen = (): string =>
      `Arrived: ${arrived().join(', ') || 'none'}${receiver.refused.length > 0 ? `; refused: ${receiver.refused.join(', ')}` : ''}.`;
    return await eventually(
      'webhooks of all thresholds',
      context,
      20_000,
      async () => (arrived().length >= THRESHOLDS.length ? arrived() : undefined),
      seen,
    );
  } finally {
    await context.admin.json(`/api/v1/webhooks/${endpoint.id}`, { method: 'DELETE' }).catch(() => undefined);
    await receiver.close();
  }
}

/** What the call was billed, as its answer's header says; undefined where the gateway does not know the price (yet). */
async function callOnce(context: DemoContext, feature: string): Promise<string | undefined> {
  context.signal.throwIfAborted();
  const { response } = await openAiClient(context)
    .chat.completions.create(
      { model: MODEL, max_tokens: 64, messages: [{ role: 'user', content: 'Is my parcel on its way?' }] },
      { headers: { 'x-tollgate-tags': `project=support, team=care, env=prod, feature=${feature}` } },
    )
    .withResponse();
  return response.headers.get('x-tollgate-cost') ?? undefined;
}
