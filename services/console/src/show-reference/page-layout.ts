import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Html, html } from './html';

/** Style sheet and script stand in the page itself, so that it is whole in one answer; the policy names them by their hash and nothing else may run. */
const style = readFileSync(join(__dirname, 'assets/reference.css'), 'utf8');
const script = readFileSync(join(__dirname, 'assets/reference.client.html'), 'utf8').replace(/^\s*<script>|<\/script>\s*$/g, '');

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Content-Security-Policy of every page. */
export const PAGE_POLICY = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What a page is made of. */
export interface Page {
  readonly title: string;
  /** The page's own path, so that the menu can mark it. */
  readonly current: string;
  readonly navigation?: Html;
  readonly content: Html;
}

const MENU = [
  ['/', 'Tollgate'],
  ['/docs', 'Reference'],
  ['/docs/problems', 'Problems'],
  ['/api/v1/openapi.json', 'OpenAPI'],
] as const;

export function pageLayout({ title, current, navigation, content }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Tollgate</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header>
          <nav aria-label="Pages">
            <ul>
              ${MENU.map(([path, name]) => html`<li><a href="${path}" ${path === current ? new Html('aria-current="page"') : null}>${name}</a></li>`)}
            </ul>
          </nav>
        </header>
        <div class="${navigation ? 'columns' : 'column'}">
          ${navigation ? html`<nav class="contents" aria-label="Contents">${navigation}</nav>` : null}
          <main id="content" tabindex="-1">${content}</main>
        </div>
        ${new Html(`<script>${script}</script>`)}
      </body>
    </html>`;
}
