import { isPortFree } from '@tollgate/testing';
import { OptionError } from './options';

/** Names the ports of one run. */
export class PortChooser {
  readonly #taken = new Set<number>();

  /** `warn` hears when a well-known port is in use and another one is taken. */
  constructor(private readonly warn: (text: string) => void = () => undefined) {}

  /** A port that clients are told: the one asked for with `option`, and an error when it is busy; without a wish the usual one or the next free one above. */
  async public(option: string, wish: number | undefined, usual: number): Promise<number> {
    if (wish === undefined) {
      const port = await this.internal(usual);
      if (port !== usual) this.warn(`port ${usual} is in use by another program: taking ${port} (${option} chooses)`);
      return port;
    }
    if (!this.#taken.has(wish) && (await isPortFree(wish))) return this.#take(wish);
    throw new OptionError(`port ${wish} is in use by another program: stop that one, or choose another port with ${option}.`);
  }

  /** A port that nobody has to know: the usual one or the next free one above. */
  async internal(usual: number): Promise<number> {
    let port = usual;
    while (this.#taken.has(port) || !(await isPortFree(port))) port += 1;
    return this.#take(port);
  }

  #take(port: number): number {
    this.#taken.add(port);
    return port;
  }
}
