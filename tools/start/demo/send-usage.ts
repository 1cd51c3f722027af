import type { DemoContext } from './demo-context';
import { DEMO_PROJECTS, pastUsage, type UsageEvent } from './past-usage';
import { RestError } from '../seed/rest-client';

const BATCH = 300;
const BATCH_TYPE = 'application/cloudevents-batch+json';

/** Makes the demo's projects; those that are there stay. */
export async function createProjects({ admin }: DemoContext): Promise<void> {
  for (const body of DEMO_PROJECTS) {
    await admin.json('/api/v1/projects', { method: 'POST', body }).catch((error: unknown) => {
      if (!(error instanceof RestError && error.status === 409)) throw error;
    });
  }
}

/** Reports the usage of past months. Throws, with the gateway's own words, when an event is rejected. */
export async function sendPastUsage(context: DemoContext, periods: readonly string[]): Promise<number> {
  const events = periods.flatMap(pastUsage);
  for (let at = 0; at < events.length; at += BATCH) {
    context.signal.throwIfAborted();
    await sendBatch(context, events.slice(at, at + BATCH));
  }
  return events.length;
}

async function sendBatch({ usage }: DemoContext, events: UsageEvent[]): Promise<void> {
  const { results } = await usage.json<{ results: { id: string; status: string; reason?: string }[] }>('/v1/usage/events', {
    method: 'POST',
    contentType: BATCH_TYPE,
    body: events,
  });
  const rejected = results.find(({ status }) => status === 'rejected');
  if (rejected !== undefined) throw new Error(`event ${rejected.id} was rejected: ${rejected.reason}`);
}
