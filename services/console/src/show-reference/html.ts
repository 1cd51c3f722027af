/** Text that is HTML already. Everything else is escaped when it is put into a template. */
export class Html {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Content = Html | string | number | null | undefined | false | readonly Content[];

/** A template whose values are escaped, unless they are `Html`. Lists are joined; null, undefined and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

/** Plain text with `code` in backticks; blank lines separate paragraphs. */
export function prose(text: string | undefined): Html {
  if (!text) return new Html('');
  const paragraphs = text.trim().split(/\n\s*\n/);
  return html`${paragraphs.map((paragraph) => html`<p>${inline(paragraph)}</p>`)}`;
}

/** One line of text with `code` in backticks. */
export function inline(text: string): Html {
  const pieces = text.split('`');
  // An odd number of pieces means that every backtick has its partner.
  if (pieces.length % 2 === 0) return html`${text}`;
  return html`${pieces.map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`))}`;
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
