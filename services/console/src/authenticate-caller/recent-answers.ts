/** Answers that are still fresh, by key. Bounded: when full, the oldest goes, so nobody can fill the memory with keys that they make up. */
export class RecentAnswers<T> {
  readonly #answers = new Map<string, { answer: Promise<T>; freshUntil: number }>();

  constructor(
    private readonly freshMs: number,
    private readonly capacity: number,
  ) {}

  /** The fresh answer, or the one that `ask` gives now; who comes while it is on its way shares it. A failure is not kept. */
  get(key: string, nowMs: number, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known && nowMs < known.freshUntil) return known.answer;
    this.#answers.delete(key);
    const answer = ask();
    this.#answers.set(key, { answer, freshUntil: nowMs + this.freshMs });
    answer.catch(() => this.#forget(key, answer));
    this.#dropOldest();
    return answer;
  }

  get size(): number {
    return this.#answers.size;
  }

  #forget(key: string, answer: Promise<T>): void {
    if (this.#answers.get(key)?.answer === answer) this.#answers.delete(key);
  }

  #dropOldest(): void {
    if (this.#answers.size <= this.capacity) return;
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      return;
    }
  }
}
