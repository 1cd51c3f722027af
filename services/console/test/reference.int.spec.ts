import { createHash } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '@tollgate/platform/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleVariables } from '../src/console.config';
import { startConsole } from '../src/start-console';
import { answerJson, StandInService } from './stand-in-service';

const AWAY = 'http://127.0.0.1:9';
const INJECTED = '<script>alert(1)</script>';

let accounts: StandInService;
let ingress: StandInService;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  accounts = await new StandInService().start();
  ingress = await new StandInService().start();
  accounts.handler = (_request, response) =>
    answerJson(response, 200, {
      openapi: '3.1.0',
      info: { title: 'accounts', version: '1' },
      paths: {
        '/api/v1/projects': {
          post: {
            tags: ['Projects'],
            summary: `Create a project ${INJECTED}`,
            security: [{ key: ['admin'] }],
            requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateProject' } } } },
            responses: { 201: { description: 'Created' } },
          },
        },
      },
      components: {
        schemas: {
          CreateProject: {
            type: 'object',
            required: ['slug'],
            properties: { slug: { type: 'string', example: 'search', description: INJECTED } },
          },
        },
      },
    });
  ingress.handler = (_request, response) =>
    answerJson(response, 200, {
      openapi: '3.1.0',
      info: { title: 'ingress', version: '1' },
      paths: { '/v1/embeddings': { post: { tags: ['Gateway'], summary: 'Embed', responses: {} } } },
      'x-problems': [{ code: 'flux_inverted', status: 418, title: 'Flux', meaning: 'Inverted.', fix: 'Turn it.' }],
    });
  const config = loadConfig(consoleVariables, {
    TOLLGATE_PORT: '0',
    TOLLGATE_INTERNAL_SECRET: 'internal-secret-of-the-specs',
    TOLLGATE_ACCOUNTS_URL: accounts.url,
    TOLLGATE_PRICING_URL: AWAY,
    TOLLGATE_AGGREGATION_URL: AWAY,
    TOLLGATE_BUDGET_ALERT_URL: AWAY,
    TOLLGATE_INVOICING_URL: AWAY,
    TOLLGATE_INGRESS_OPERATIONS_URL: ingress.url,
    TOLLGATE_INGRESS_URL: 'https://ai.example.com',
  });
  app = await startConsole(config, { handleSignals: false });
  url = await app.getUrl();
});
afterAll(async () => {
  await app?.close();
  await Promise.all([accounts?.stop(), ingress?.stop()]);
});

const page = async (path: string) => {
  const response = await fetch(url + path);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('the reference', () => {
  it('explains every operation: scope, members, a line to try, and where it lies', async () => {
    const { status, text } = await page('/docs');
    expect(status).toBe(200);
    expect(text).toContain('id="post-api-v1-projects"');
    expect(text).toMatch(/Needs a key with\s*<code>admin<\/code>/);
    expect(text).toContain(`curl -X POST &#39;${url}/api/v1/projects&#39;`);
    expect(text).toContain('curl -X POST &#39;https://ai.example.com/v1/embeddings&#39;');
    expect(text).toContain('id="get-api-v1-me"');
  });

  it('shows nothing of a document unescaped', async () => {
    const { text } = await page('/docs');
    expect(text).not.toContain(INJECTED);
    expect(text).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
  });

  it.each(['/', '/docs', '/docs/problems'])(
    'is whole in one answer at %s: its policy lets its own style and script run and loads nothing',
    async (path) => {
      const { status, headers, text } = await page(path);
      expect(status).toBe(200);
      const policy = headers.get('content-security-policy') ?? '';
      const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] as string);
      const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1] as string);
      expect([scripts.length, styles.length]).toEqual([1, 1]);
      for (const inline of [...scripts, ...styles]) expect(policy).toContain(createHash('sha256').update(inline).digest('base64'));
      expect(text).not.toMatch(/\b(src|href)="(https?:)?\/\//);
      expect(policy).toMatch(/^default-src 'none'/);
    },
  );

  it('can be read without a pointer and without eyes: language, title, landmarks, labels, one first heading, unique ids', async () => {
    for (const path of ['/', '/docs', '/docs/problems']) {
      const text = (await page(path)).text.replace(/<script>[\s\S]*<\/script>/, '');
      expect(text).toMatch(/<html lang="en">/);
      expect(text).toMatch(/<title>[^<]+<\/title>/);
      expect(text).toMatch(/<main id="content"/);
      expect(text.match(/<h1/g)).toHaveLength(1);
      const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] as string);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
      const targets = [...text.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] as string);
      expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
      if (text.includes('<input')) expect(text).toMatch(/<label for="search">/);
    }
  });
});

describe('/docs/problems', () => {
  it('has an anchor for every code, also for those that a service describes itself', async () => {
    const { text } = await page('/docs/problems');
    for (const code of ['key_revoked', 'budget_exceeded', 'month_not_final', 'flux_inverted']) expect(text).toContain(`id="${code}"`);
    expect(text).toMatch(/What to do:<\/strong>\s*Turn it\./);
  });
});

describe('a service that went away', () => {
  it('is shown as it was, and said to be missing an answer', async () => {
    await accounts.stop();
    // The complete part is kept for 3 s while others are missing.
    await new Promise((resolve) => setTimeout(resolve, 3_200));
    const { text } = await page('/docs');
    expect(text).toContain('id="post-api-v1-projects"');
    expect(text).toMatch(/accounts\s+did not answer just now/);
  });
});
