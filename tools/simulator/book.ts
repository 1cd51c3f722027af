import { appendFileSync, closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';

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
  /** Exactly as it was answered, as JSON; null when there was none. */
  usage: string | null;
  /** `sent`: the whole answer left; `cut`: the connection ended before. */
  end: 'sent' | 'cut';
}

const FLUSH_MS = 50;
const INDEX_EVERY_LINES = 1_000;
const NEWLINE = 0x0a;

/** Appends entries to a file, a line each, many at a time. Without a file it remembers nothing. */
export class Book {
  private waiting: BookEntry[] = [];
  private readonly timer: NodeJS.Timeout;
  /** Where every thousandth line begins, bytes. */
  private starts: number[] = [];
  private lines = 0;
  private bytes = 0;

  constructor(private readonly file: string | undefined) {
    this.timer = setInterval(() => this.flush(), FLUSH_MS);
    if (file !== undefined && existsSync(file)) this.index(readFileSync(file));
  }

  add(entry: BookEntry): void {
    if (this.file !== undefined) this.waiting.push(entry);
  }

  flush(): void {
    if (this.file === undefined || this.waiting.length === 0) return;
    const appended = Buffer.from(this.waiting.map(lineOf).join(''));
    this.waiting = [];
    appendFileSync(this.file, appended);
    this.index(appended);
  }

  /** The lines from `from` on, at most `limit`; `next` is where the following page begins, null at the end. */
  read(from: number, limit: number): { lines: string[]; next: number | null } {
    this.flush();
    const until = Math.min(from + limit, this.lines);
    if (this.file === undefined || from >= until) return { lines: [], next: null };
    const first = Math.floor(from / INDEX_EVERY_LINES);
    const start = this.starts[first]!;
    const end = this.starts[Math.ceil(until / INDEX_EVERY_LINES)] ?? this.bytes;
    const lines = this.readBytes(this.file, start, end).split('\n');
    return {
      lines: lines.slice(from - first * INDEX_EVERY_LINES, until - first * INDEX_EVERY_LINES),
      next: until < this.lines ? until : null,
    };
  }

  clear(): void {
    this.waiting = [];
    [this.starts, this.lines, this.bytes] = [[], 0, 0];
    if (this.file !== undefined) writeFileSync(this.file, '');
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private index(appended: Buffer): void {
    for (let at = 0; at < appended.length; at = appended.indexOf(NEWLINE, at) + 1) {
      if (this.lines % INDEX_EVERY_LINES === 0) this.starts.push(this.bytes + at);
      this.lines += 1;
    }
    this.bytes += appended.length;
  }

  private readBytes(file: string, start: number, end: number): string {
    const buffer = Buffer.alloc(end - start);
    const handle = openSync(file, 'r');
    try {
      readSync(handle, buffer, 0, buffer.length, start);
    } finally {
      closeSync(handle);
    }
    return buffer.toString();
  }
}

function lineOf({ usage, ...entry }: BookEntry): string {
  return `${JSON.stringify(entry).slice(0, -1)},"usage":${usage ?? 'null'}}\n`;
}
