import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Book, type BookEntry } from './book';

const folder = mkdtempSync(join(tmpdir(), 'book-'));
const open: Book[] = [];
let files = 0;

function newBook(file = join(folder, `${(files += 1)}.jsonl`)): { book: Book; file: string } {
  const book = new Book(file);
  open.push(book);
  return { book, file };
}

const entry = (n: number): BookEntry => ({
  at: n,
  attemptId: `attempt-${n}`,
  answerId: `ü${n}`,
  provider: 'openai',
  model: 'gpt-4o',
  endpoint: '/chat/completions',
  streamed: false,
  status: 200,
  usage: n % 2 === 0 ? '{"prompt_tokens":1.50,"x":[]}' : null,
  end: 'sent',
});
const attempts = (lines: string[]): string[] => lines.map((line) => (JSON.parse(line) as { attemptId: string }).attemptId);

afterEach(() => open.splice(0).forEach((book) => book.close()));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the book', () => {
  it('keeps the usage in the very words of the answer', () => {
    const { book, file } = newBook();
    book.add(entry(2));
    book.flush();
    expect(readFileSync(file, 'utf8')).toContain('"usage":{"prompt_tokens":1.50,"x":[]}}\n');
  });

  it('is read in pages, each entry once and in order, whatever the page size', () => {
    const { book } = newBook();
    for (let n = 0; n < 3_456; n += 1) {
      book.add(entry(n));
      if (n % 700 === 0) book.flush();
    }
    for (const limit of [999, 1_000, 1_001, 5_000]) {
      const read: string[] = [];
      for (let from: number | null = 0; from !== null;) {
        const page: { lines: string[]; next: number | null } = book.read(from, limit);
        read.push(...attempts(page.lines));
        from = page.next;
      }
      expect(read).toEqual(Array.from({ length: 3_456 }, (_, n) => `attempt-${n}`));
    }
  });

  it('goes on where an earlier run ended', () => {
    const { book, file } = newBook();
    book.add(entry(1));
    book.close();
    const { book: later } = newBook(file);
    later.add(entry(2));
    expect(attempts(later.read(0, 10).lines)).toEqual(['attempt-1', 'attempt-2']);
  });

  it('is empty after it was cleared', () => {
    const { book } = newBook();
    book.add(entry(1));
    book.clear();
    expect(book.read(0, 10)).toEqual({ lines: [], next: null });
  });
});
