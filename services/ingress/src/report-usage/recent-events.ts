/** What is known of an event that was sent before: nothing, that it said the same, or that it said something else. */
export type Seen = 'new' | 'same' | 'different';

/**
 * The events that lately passed through this process, by id, with a digest of what they said. Best effort: it forgets the older half of what it holds now
 * and then, and other processes see what this one doesn't. The ledger decides.
 */
export class RecentEvents {
  private young = new Map<string, string>();
  private old = new Map<string, string>();

  constructor(private readonly limit: number) {}

  look(eventId: string, digest: string): Seen {
    const known = this.young.get(eventId) ?? this.old.get(eventId);
    if (known === undefined) return 'new';
    return known === digest ? 'same' : 'different';
  }

  /** The event is on its way. What was said first stands. */
  add(eventId: string, digest: string): void {
    if (this.young.has(eventId) || this.old.has(eventId)) return;
    if (this.young.size * 2 >= this.limit) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(eventId, digest);
  }
}
