import type { ApiDocument } from '../merge-documents/api-document';
import { METHODS, type OpenApiDocument, type PathItem } from '../merge-documents/open-api';
import { html, prose, type Html } from './html';
import { operationSection, type PlacedOperation } from './operation-section';
import { pageLayout } from './page-layout';

/** The whole reference as one page. `origin` is where the reader reached the front door. */
export function referencePage({ document, missing, stale }: ApiDocument, origin: string): Html {
  const groups = groupsOf(document, origin);
  const away = [...missing, ...stale];
  const navigation = html`<div class="search">
      <label for="search">Search</label>
      <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="invoices, webhook, x-tollgate…" />
      <p id="search-result" role="status" aria-live="polite"></p>
    </div>
    <ul>
      ${[...groups].map(
        ([tag, operations]) =>
          html`<li data-group="${tag}">
            <a href="#${anchorOf(tag)}">${tag}</a>
            <ul>
              ${operations.map(
                ({ anchor, method, path, operation }) =>
                  html`<li>
                    <a href="#${anchor}"><span class="method ${method}">${method.toUpperCase()}</span> ${operation.summary ?? path}</a>
                  </li>`,
              )}
            </ul>
          </li>`,
      )}
    </ul>`;
  const content = html`<h1>Reference</h1>
    ${prose(document.info.description)}
    <p>
      The same as <a href="/api/v1/openapi.json">OpenAPI 3.1</a>. Every error is listed under <a href="/docs/problems">problems</a>. The
      examples take your key from <code>$TOLLGATE_KEY</code>.
    </p>
    ${away.length > 0 ? html`<p class="warning" role="alert">Not complete or not up to date: ${away.join(', ')} did not answer just now.</p>` : null}
    ${[...groups].map(
      ([tag, operations]) =>
        html`<section class="group" id="${anchorOf(tag)}" aria-labelledby="${anchorOf(tag)}-title">
          <h2 id="${anchorOf(tag)}-title">${tag}</h2>
          ${operations.map((placed) => operationSection(placed, document))}
        </section>`,
    )}`;
  return pageLayout({ title: 'Reference', current: '/docs', navigation, content });
}

function groupsOf(document: OpenApiDocument, origin: string): Map<string, PlacedOperation[]> {
  const groups = new Map<string, PlacedOperation[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const placed of operationsOf(path, item, origin)) {
      const tag = placed.operation.tags?.[0] ?? 'Other';
      groups.set(tag, [...(groups.get(tag) ?? []), placed]);
    }
  }
  // The gateway is what most readers came for.
  const rank = (tag: string) => (tag === 'Gateway' ? `0${tag}` : `1${tag}`);
  return new Map([...groups].sort(([one], [other]) => rank(one).localeCompare(rank(other))));
}

function operationsOf(path: string, item: PathItem, origin: string): PlacedOperation[] {
  const server = (item.servers?.[0]?.url ?? origin).replace(/\/$/, '');
  return METHODS.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
    return [{ anchor: anchorOf(`${method}${path}`), method, path, operation, parameters, server }];
  });
}

function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
