import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** One call as the simulator remembers it: the oracle that the system's books are held against. */
export interface BookEntry {
  /** Epoch ms of the end of the answer. */
  at: number;
  /** What the caller sent as `x-tollgate-attempt-id`; null when it sent none. */
  attemptId: string | null;
  answerId: string;
  provider: string;
  model: string;
  endpoint: string;
  streamed: boolean;
  status: number;
  /** Exactly as it was answered; null when there was none. */
  usage: Record<string, unknown> | null;
  /** `sent`: the whole answer left; `cut`: the connection ended before. */
  end: 'sent' | 'cut';
}

const FLUSH_MS = 50;

/** Appends entries to a file, a line each, many at a time. */
export class Book {
  private waiting: string[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly file: string | undefined) {
    this.timer = setInterval(() => this.flush(), FLUSH_MS);
  }

  add(entry: BookEntry): void {
    if (this.file !== undefined) this.waiting.push(JSON.stringify(entry));
  }

  flush(): void {
    if (this.file === undefined || this.waiting.length === 0) return;
    appendFileSync(this.file, `${this.waiting.join('\n')}\n`);
    this.waiting = [];
  }

  /** The lines from `from` on, at most `limit`. */
  read(from: number, limit: number): { lines: string[]; next: number | null } {
    this.flush();
    const all = this.file !== undefined && existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n').filter(Boolean) : [];
    return { lines: all.slice(from, from + limit), next: from + limit < all.length ? from + limit : null };
  }

  clear(): void {
    this.waiting = [];
    if (this.file !== undefined) writeFileSync(this.file, '');
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
  }
}
