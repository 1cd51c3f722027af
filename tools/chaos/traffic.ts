import { Agent, request } from 'undici';
import { pick } from './seeded-random';

/** An event as it was reported, with the number of its tokens. */
export interface ReportedEvent {
  id: string;
  inputTokens: number;
}

/** What a run of traffic did and saw. */
export interface TrafficReport {
  /** Calls that got an answer, by HTTP status. */
  statuses: Map<number, number>;
  /** Calls whose connection broke; whether the provider answered them, only its book knows. */
  broken: number;
  /** Events that were accepted (202), each once in the list however often it was sent. */
  events: ReportedEvent[];
  /** Answers of 5xx with the first one's text. */
  serverErrors: number;
  firstServerError: string;
}

/** What is sent: so many calls and events, over these ingress processes, never more than `parallel` at a time. */
export interface TrafficPlan {
  ingressUrls: readonly string[];
  key: string;
  total: number;
  parallel: number;
  random: () => number;
  projects: readonly string[];
  /** Begins the ids of its events, so that runs on one system do not meet. */
  name: string;
  /** A pause after each answer, ms; default none. */
  pauseMs?: number;
  /** Gives up after so long, ms. */
  withinMs: number;
}

/** The CloudEvents source of all reported events. */
export const EVENT_SOURCE = 'chaos';

const MODELS = ['openai/gpt-4o', 'openai/gpt-4o-mini', 'deepseek/deepseek-chat', 'mistral/mistral-large-latest'];
const EVENTS_PER_BATCH = 20;
const RESEND_PAUSE_MS = 200;

/** Sends a seeded mix: seven of ten are plain calls, two are streamed, one is a batch of usage events. A batch without an answer is sent again. */
export async function sendTraffic(plan: TrafficPlan): Promise<TrafficReport> {
  const report: TrafficReport = { statuses: new Map(), broken: 0, events: [], serverErrors: 0, firstServerError: '' };
  const agent = new Agent({ connections: plan.parallel, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  const deadline = Date.now() + plan.withinMs;
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < plan.total && Date.now() < deadline) {
      const turn = sent;
      const kind = plan.random();
      if (kind < 0.9) {
        sent += 1;
        await sendCall(plan, agent, report, turn, kind >= 0.7);
      } else {
        const size = Math.min(EVENTS_PER_BATCH, plan.total - sent);
        sent += size;
        await sendBatch(plan, agent, report, turn, size, deadline);
      }
      if (plan.pauseMs) await new Promise((resume) => setTimeout(resume, plan.pauseMs));
    }
  };
  await Promise.all(Array.from({ length: plan.parallel }, worker));
  await agent.destroy();
  return report;
}

async function sendCall(plan: TrafficPlan, agent: Agent, report: TrafficReport, turn: number, streamed: boolean): Promise<void> {
  const body = {
    model: pick(plan.random, MODELS),
    messages: [{ role: 'user', content: `turn ${turn}` }],
    stream: streamed,
    metadata: { project: pick(plan.random, plan.projects), team: turn % 2 === 0 ? 'core' : 'mobile' },
  };
  await answered(plan, agent, report, '/v1/chat/completions', 'application/json', body);
}

async function sendBatch(
  plan: TrafficPlan,
  agent: Agent,
  report: TrafficReport,
  turn: number,
  size: number,
  deadline: number,
): Promise<void> {
  const events = Array.from({ length: size }, (_, index) => ({
    id: `${plan.name}-${turn}-${index}`,
    inputTokens: 1 + Math.floor(plan.random() * 5000),
  }));
  const body = events.map(({ id, inputTokens }) => ({
    specversion: '1.0',
    type: 'tollgate.usage',
    source: EVENT_SOURCE,
    id,
    data: {
      provider: 'openai',
      model: 'gpt-4o',
      operation: 'chat',
      quantities: { input_tokens: String(inputTokens) },
      tags: { project: plan.projects[turn % plan.projects.length] },
    },
  }));
  while (Date.now() < deadline) {
    if ((await answered(plan, agent, report, '/v1/usage/events', 'application/cloudevents-batch+json', body)) === 202) {
      report.events.push(...events);
      return;
    }
    await new Promise((resume) => setTimeout(resume, RESEND_PAUSE_MS));
  }
}

async function answered(
  plan: TrafficPlan,
  agent: Agent,
  report: TrafficReport,
  path: string,
  contentType: string,
  body: unknown,
): Promise<number> {
  const url = pick(plan.random, plan.ingressUrls);
  try {
    const answer = await request(url + path, {
      method: 'POST',
      dispatcher: agent,
      headers: { authorization: `Bearer ${plan.key}`, 'content-type': contentType },
      body: JSON.stringify(body),
    });
    const text = await answer.body.text();
    report.statuses.set(answer.statusCode, (report.statuses.get(answer.statusCode) ?? 0) + 1);
    if (answer.statusCode >= 500) {
      report.serverErrors += 1;
      report.firstServerError ||= `${answer.statusCode} ${text.slice(0, 300)}`;
    }
    return answer.statusCode;
  } catch {
    report.broken += 1;
    // A connection that is refused comes back at once; a short pause keeps a run's calls for the time when somebody listens.
    await new Promise((resume) => setTimeout(resume, 50));
    return 0;
  }
}
