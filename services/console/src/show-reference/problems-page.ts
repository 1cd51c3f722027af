import type { ProblemEntry } from '../merge-documents/open-api';
import { html, inline, type Html } from './html';
import { pageLayout } from './page-layout';

/** Every problem code with what to do; a problem's `type` leads to its anchor here. */
export function problemsPage(problems: readonly ProblemEntry[]): Html {
  const sorted = [...problems].sort((one, other) => (one.code < other.code ? -1 : 1));
  const navigation = html`<div class="search">
      <label for="search">Search</label>
      <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="key, budget, 503…" />
      <p id="search-result" role="status" aria-live="polite"></p>
    </div>
    <ul>
      ${sorted.map(({ code }) => html`<li><a href="#${code}">${code}</a></li>`)}
    </ul>`;
  const content = html`<h1>Problems</h1>
    <p>
      Errors are <code>application/problem+json</code> (RFC 9457): <code>type</code>, <code>title</code>, <code>status</code>,
      <code>detail</code>, <code>code</code> and <code>fix</code>, which says what to do. Programs switch on <code>code</code>; it does not
      change. On the gateway’s wire-format endpoints the same members stand inside the <code>error</code> of the vendor’s own shape. Answers
      that make sense to repeat carry <code>Retry-After</code>.
    </p>
    ${sorted.map(
      ({ code, status, title, meaning, fix }) =>
        html`<section
          class="problem"
          id="${code}"
          aria-labelledby="${code}-title"
          data-search="${`${code} ${status} ${title} ${meaning} ${fix}`.toLowerCase()}"
        >
          <h2 id="${code}-title"><a href="#${code}">${title}</a></h2>
          <p><code>${code}</code> <span class="media">HTTP ${status}</span></p>
          <p>${inline(meaning)}</p>
          <p><strong>What to do:</strong> ${inline(fix)}</p>
        </section>`,
    )}`;
  return pageLayout({ title: 'Problems', current: '/docs/problems', navigation, content });
}
