import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { AddressGuard, isSpecialAddress, parseAllowedAddresses, type AllowedAddresses } from '@tollgate/platform/http';
import { ACCOUNTS_CONFIG, type AccountsConfig } from '../accounts.config';
import { fieldProblem } from '../http/field-problem';

/** Which base URLs a connection may have. Ingress checks the address again at every connection. */
@Injectable()
export class BaseUrlRules {
  readonly #guard: AddressGuard;
  readonly #allowed: AllowedAddresses;

  constructor(@Inject(ACCOUNTS_CONFIG) config: Pick<AccountsConfig, 'TOLLGATE_ALLOWED_PRIVATE_ADDRESSES'>) {
    this.#guard = new AddressGuard(config.TOLLGATE_ALLOWED_PRIVATE_ADDRESSES);
    this.#allowed = parseAllowedAddresses(config.TOLLGATE_ALLOWED_PRIVATE_ADDRESSES);
  }

  /** The URL as it is kept, without a slash at its end. Throws the 400 that says what is wrong with it. */
  async check(baseUrl: string): Promise<string> {
    const url = await this.#guard.assertAllowedUrl(baseUrl);
    if (url.search !== '' || url.hash !== '' || /[?#]/.test(baseUrl)) {
      throw fieldProblem(
        'baseUrl',
        'holds a query or a fragment',
        'Send the root that the vendor’s own SDK takes, such as https://api.openai.com/v1.',
      );
    }
    if (url.protocol === 'http:' && !(await this.#staysInside(url.hostname))) {
      throw fieldProblem('baseUrl', 'is http:// to a public address, so the secret would travel in the clear', 'Use https://.');
    }
    return url.href.replace(/\/+$/, '');
  }

  async #staysInside(hostname: string): Promise<boolean> {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    if (this.#allowed.isAllowedHost(host)) return true;
    const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true }).catch(() => []);
    return addresses.length > 0 && addresses.every(({ address }) => isSpecialAddress(address));
  }
}
