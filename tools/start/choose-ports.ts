import { freePort, isPortFree } from '@tollgate/testing';
import { OptionError, type StartOptions } from './options';

/** Names the ports of one run. */
export class PortChooser {
  readonly #taken = new Set<number>();

  /** `ephemeral` takes any free ports, so that several systems run side by side. */
  constructor(private readonly ephemeral: boolean) {}

  /** A port that clients were told: the one asked for, and an error when it is busy; without a wish the preferred one or the next free one above. */
  async public(
    name: keyof Pick<StartOptions, 'ingressPort' | 'consolePort'>,
    wish: number | undefined,
    preferred: number,
  ): Promise<number> {
    if (wish === undefined) return this.internal(preferred);
    if (await isPortFree(wish)) return this.#take(wish);
    const option = name === 'ingressPort' ? '--ingress-port' : '--console-port';
    throw new OptionError(`port ${wish} is in use by another program: stop that one, or choose another port with ${option}.`);
  }

  /** A port that nobody has to know: the preferred one or the next free one above. */
  async internal(preferred: number): Promise<number> {
    if (this.ephemeral) {
      for (;;) {
        const port = await freePort();
        if (!this.#taken.has(port)) return this.#take(port);
      }
    }
    let port = preferred;
    while (this.#taken.has(port) || !(await isPortFree(port))) port += 1;
    return this.#take(port);
  }

  #take(port: number): number {
    this.#taken.add(port);
    return port;
  }
}
