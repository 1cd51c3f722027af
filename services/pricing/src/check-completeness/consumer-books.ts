import { HttpJsonError, httpJson, serviceToken } from '@tollgate/platform/http';
import type { Books } from '../keep-books/ledger-books';

const TIMEOUT_MS = 10_000;

/** Which books to ask for. */
export interface BooksQuestion {
  readonly organizationId: string;
  readonly period: string;
  /** Epoch milliseconds. */
  readonly cut: number;
}

/** Asks the services that consume charges for their books; undefined from one that does not answer. */
export class ConsumerBooks {
  constructor(
    private readonly urls: Readonly<Record<string, readonly string[]>>,
    private readonly secret: string,
  ) {}

  async ask<T extends Books>(service: string, { organizationId, period, cut }: BooksQuestion, now: number): Promise<T | undefined> {
    const query = new URLSearchParams({ organizationId, period, cut: new Date(cut).toISOString() });
    try {
      const token = await serviceToken('pricing', this.secret, now);
      return await httpJson<T>(this.urls[service] ?? [], `/internal/books?${query}`, { token, timeoutMs: TIMEOUT_MS, rounds: 1 });
    } catch (error) {
      if (error instanceof HttpJsonError) return undefined;
      throw error;
    }
  }
}
