import { describe, expect, it } from 'vitest';
import { html, inline, prose } from './html';

describe('a template', () => {
  it('escapes what it is given, in text and in attributes', () => {
    expect(html`<a title="${'"><script>'}">${"<b>&'"}</a>`.toString()).toBe(
      '<a title="&#34;&#62;&#60;script&#62;">&#60;b&#62;&#38;&#39;</a>',
    );
  });

  it('leaves its own parts alone, joins lists, and shows nothing for nothing', () => {
    const items = ['a', '<'].map((item) => html`<b>${item}</b>`);
    expect(html`${items}${null}${undefined}${false}${0}`.toString()).toBe('<b>a</b><b>&#60;</b>0');
  });
});

describe('prose', () => {
  it('marks code and separates paragraphs', () => {
    expect(prose('Send `a<b`.\n\nThen wait.').toString()).toBe('<p>Send <code>a&#60;b</code>.</p><p>Then wait.</p>');
  });

  it('shows a lone backtick as it is', () => {
    expect(inline('a`b').toString()).toBe('a`b');
  });
});
