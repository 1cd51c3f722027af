import { lookup, type LookupAddress } from 'node:dns';
import { lookup as lookupAsync } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { parseAllowedAddresses, type AllowedAddresses } from './allowed-addresses';
import { Problem } from './problem';

/** An address inside the network was about to be called. */
export class AddressRefusedError extends Error {
  readonly code = 'TOLLGATE_ADDRESS_REFUSED';

  constructor(readonly host: string) {
    super(`${host} is an address inside the network and must not be called`);
    this.name = 'AddressRefusedError';
  }
}

/**
 * Keeps calls to URLs that customers chose out of the network (SSRF): private, loopback, link-local, metadata and other special addresses are refused
 * unless the operator allows them. Checked when a URL is registered, and again at every connection on the very address that is dialled, so that a
 * name cannot be rebound in between.
 */
export class AddressGuard {
  readonly #allowed: AllowedAddresses;

  /** `allowed` is TOLLGATE_ALLOWED_PRIVATE_ADDRESSES. */
  constructor(allowed: string) {
    this.#allowed = parseAllowedAddresses(allowed);
  }

  /** Whether an IP address may be connected to. */
  isAllowedAddress(address: string): boolean {
    return this.#allowed.isAllowedAddress(address);
  }

  /**
   * Checks a URL before it is stored: http or https, no credentials in it, and no address inside the network behind its host. A name that does not
   * resolve now passes: the connection is checked again.
   * @throws Problem 400 that says what is wrong.
   */
  async assertAllowedUrl(url: string): Promise<URL> {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (!parsed || !/^https?:$/.test(parsed.protocol))
      throw badUrl('It is not an http:// or https:// URL.', 'Send a full URL such as https://example.com/hook.');
    if (parsed.username !== '' || parsed.password !== '')
      throw badUrl('It carries a user name or password.', 'Leave credentials out of the URL.');
    const host = bare(parsed.hostname);
    if (this.#allowed.isAllowedHost(host)) return parsed;
    const addresses = isIP(host) ? [{ address: host }] : await lookupAsync(host, { all: true }).catch(() => []);
    if (addresses.every(({ address }) => this.#allowed.isAllowedAddress(address))) return parsed;
    throw badUrl(
      'It leads to an address inside the network.',
      'Use a public address, or ask the operator to name it in TOLLGATE_ALLOWED_PRIVATE_ADDRESSES.',
    );
  }

  /** An undici dispatcher whose connections go to allowed addresses only; others fail with AddressRefusedError. It does not follow redirects. */
  dispatcher(options: Omit<Agent.Options, 'connect'> = {}): Agent {
    const connect = buildConnector({ lookup: this.#lookup, timeout: 10_000 });
    return new Agent({
      ...options,
      connect: (target, callback) => {
        const host = bare(target.hostname);
        // A literal address is never looked up, so it is judged here.
        if (isIP(host) && !this.#allowed.isAllowedAddress(host)) return callback(new AddressRefusedError(host), null);
        return connect(target, callback);
      },
    });
  }

  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '', 4);
      const refused = this.#allowed.isAllowedHost(hostname)
        ? undefined
        : found.find(({ address }) => !this.#allowed.isAllowedAddress(address));
      if (refused) return callback(new AddressRefusedError(hostname), '', 4);
      if (options.all) return callback(null, found);
      return callback(null, found[0]?.address ?? '', found[0]?.family ?? 4);
    });
  };
}

/** A dispatcher that refuses addresses inside the network, unless `allowed` names them. */
export function guardedDispatcher(allowed: string, options?: Omit<Agent.Options, 'connect'>): Agent {
  return new AddressGuard(allowed).dispatcher(options);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function badUrl(detail: string, fix: string): Problem {
  return new Problem({ status: 400, code: 'url_not_allowed', title: 'The URL is not allowed', detail, fix });
}
