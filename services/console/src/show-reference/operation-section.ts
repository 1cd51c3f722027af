import type { MediaType, Method, OpenApiDocument, Operation, Parameter, Schema } from '../merge-documents/open-api';
import { curlSnippet } from './curl-snippet';
import { descriptionOf, memberRows, resolve, typeName, type MemberRow } from './describe-schema';
import { html, inline, prose, type Html } from './html';

/** One operation and where it stands on the page. */
export interface PlacedOperation {
  readonly anchor: string;
  readonly method: Method;
  readonly path: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  readonly server: string;
}

/** The part of the reference that explains one operation: what it does, who may call it, what to send, what comes back, and a line to try. */
export function operationSection(placed: PlacedOperation, document: OpenApiDocument): Html {
  const { anchor, method, path, operation, parameters } = placed;
  const scopes = (operation.security ?? []).flatMap((scheme) => Object.values(scheme).flat());
  const heading = operation.summary ?? `${method.toUpperCase()} ${path}`;
  const searchable = [method, path, operation.summary, operation.description, ...parameters.map(({ name }) => name)]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();
  return html`<section class="operation" id="${anchor}" aria-labelledby="${anchor}-title" data-search="${searchable}">
    <h3 id="${anchor}-title"><a href="#${anchor}">${heading}</a></h3>
    <p class="route"><span class="method ${method}">${method.toUpperCase()}</span> <code>${breakable(path)}</code></p>
    ${operation.deprecated ? html`<p class="warning">Deprecated.</p>` : null} ${prose(operation.description)}
    ${scopes.length > 0 ? html`<p class="scopes">Needs a key with ${scopes.map((scope, index) => html`${index > 0 ? ' or ' : ''}<code>${scope}</code>`)}.</p>` : null}
    ${parameterTable(parameters, document)} ${bodyTables(operation, document)}
    <h4>Try it</h4>
    <div class="snippet">
      <pre tabindex="0"><code>${curlSnippet(method, path, operation, { ...placed, document })}</code></pre>
    </div>
    ${answers(operation, document)}
  </section>`;
}

function parameterTable(parameters: readonly Parameter[], document: OpenApiDocument): Html | null {
  if (parameters.length === 0) return null;
  const rows = parameters.map(({ name, in: place, required, description, schema }) => ({
    path: name,
    type: `${typeName(schema, document)}, in ${place}`,
    required: required ?? false,
    description: descriptionOf({ ...resolve(schema, document), ...(description === undefined ? {} : { description }) }),
  }));
  return html`<h4>Parameters</h4>
    ${memberTable(rows)}`;
}

function bodyTables(operation: Operation, document: OpenApiDocument): Html | null {
  const contents = Object.entries(operation.requestBody?.content ?? {});
  if (contents.length === 0) return null;
  return html`<h4>Body</h4>
    ${contents.map(
      ([media, content]) =>
        html`<p><code>${media}</code></p>
          ${schemaTable(content, document)}`,
    )}`;
}

function answers(operation: Operation, document: OpenApiDocument): Html {
  // The default answer is a problem everywhere; the page says so once in its own words.
  const responses = Object.entries(operation.responses ?? {}).filter(([status]) => status !== 'default');
  return html`<h4>Answers</h4>
    ${responses.map(([status, { description, content }]) => {
      const [media, body] = Object.entries(content ?? {})[0] ?? [];
      const summary = html`<code>${status}</code> ${inline(description ?? '')} ${media ? html`<span class="media">${media}</span>` : null}`;
      if (!body?.schema) return html`<p class="answer">${summary}</p>`;
      return html`<details class="answer">
        <summary>${summary}</summary>
        ${schemaTable(body, document)}
      </details>`;
    })}
    <p class="answer"><code>4xx, 5xx</code> <a href="/docs/problems">a problem that says what to do</a></p>`;
}

function schemaTable({ schema }: MediaType, document: OpenApiDocument): Html {
  const listed = listOf(schema);
  const rows = listed ? memberRows(listed, document, '[]') : memberRows(schema, document);
  if (rows.length === 0) return html`<p>${typeName(schema, document)}</p>`;
  return memberTable(rows);
}

function listOf(schema: Schema | undefined): Schema | undefined {
  return schema?.type === 'array' ? schema.items : undefined;
}

function memberTable(rows: readonly MemberRow[]): Html {
  return html`<div class="table" tabindex="0" role="region" aria-label="Members">
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ path, type, required, description }) =>
            html`<tr>
              <th scope="row"><code>${breakable(path)}</code>${required ? html` <span class="required">required</span>` : null}</th>
              <td>${type}</td>
              <td>${inline(description)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Lets a browser break a long path after its slashes and dots. */
function breakable(text: string): Html {
  return html`${text.split(/(?<=[/.])/).map((piece) => html`${piece}<wbr />`)}`;
}
