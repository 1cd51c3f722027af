import { html, type Html } from './html';
import { pageLayout } from './page-layout';

/** The front page: what this is, where things are, and a first call. `gateway` is where clients reach ingress. */
export function landingPage(gateway: string, origin: string): Html {
  const call = `curl '${gateway}/v1/chat/completions' \\
  -H "Authorization: Bearer $TOLLGATE_KEY" \\
  -H 'Content-Type: application/json' \\
  -H 'X-Tollgate-Tags: team=search, env=prod' \\
  -d '{"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}'`;
  const spend = `curl '${origin}/api/v1/spend?groupBy=provider,model,project' \\
  -H "Authorization: Bearer $TOLLGATE_KEY"`;
  const content = html`<h1>Tollgate</h1>
    <p>One API key in front of every AI provider; one invoice that finance can trust.</p>
    <ul>
      <li><a href="/docs">Reference</a>: every endpoint, with lines to try</li>
      <li><a href="/docs/problems">Problems</a>: every error and what to do about it</li>
      <li><a href="/api/v1/openapi.json">OpenAPI 3.1</a> for tools and generated clients</li>
      <li>The gateway answers at <code>${gateway}</code>, this front door at <code>${origin}</code></li>
    </ul>
    <h2>A first call</h2>
    <p>With the SDK that you have: set its base URL to <code>${gateway}/v1</code> and its key to yours. Or by hand:</p>
    <div class="snippet">
      <pre tabindex="0"><code>${call}</code></pre>
    </div>
    <h2>What it cost</h2>
    <p>The call shows within two seconds. The key needs the scope <code>billing:read</code>.</p>
    <div class="snippet">
      <pre tabindex="0"><code>${spend}</code></pre>
    </div>`;
  return pageLayout({ title: 'Welcome', current: '/', content });
}
