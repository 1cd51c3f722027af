/** Says whether the process can do its work now. Each part that may be away adds a check; /readyz answers 503 while one fails. */
export class Readiness {
  readonly #checks = new Map<string, () => boolean | Promise<boolean>>();
  #draining = false;

  /** Adds a part by name, such as `database`. A check that throws or takes over a second counts as failed. */
  add(name: string, check: () => boolean | Promise<boolean>): void {
    this.#checks.set(name, check);
  }

  /** From now on the process is not ready: it is shutting down. */
  drain(): void {
    this.#draining = true;
  }

  /** Asks every check. */
  async state(): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await outcome(check)] as const));
    const checks = Object.fromEntries(results);
    return { ready: !this.#draining && results.every(([, ok]) => ok), checks: this.#draining ? { ...checks, accepting: false } : checks };
  }
}

async function outcome(check: () => boolean | Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), 1_000)));
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
