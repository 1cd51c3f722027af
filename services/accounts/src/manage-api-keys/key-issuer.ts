import { Inject, Injectable } from '@nestjs/common';
import { displayPrefix, generateApiKey, hashApiKey, type KeyEnvironment } from '@tollgate/platform/api-key';
import { ACCOUNTS_CONFIG, type AccountsConfig } from '../accounts.config';
import type { ApiKeyEntity } from '../db/api-key.entity';

/** A key just made, and what is kept of it. */
export interface IssuedKey {
  readonly key: string;
  readonly kept: Pick<ApiKeyEntity, 'environment' | 'prefix' | 'hash'>;
}

/** Makes keys and the hashes that they are kept as; the only one here who holds the pepper. */
@Injectable()
export class KeyIssuer {
  constructor(@Inject(ACCOUNTS_CONFIG) private readonly config: Pick<AccountsConfig, 'TOLLGATE_KEY_PEPPER'>) {}

  issue(environment: KeyEnvironment): IssuedKey {
    const key = generateApiKey(environment);
    return { key, kept: { environment, prefix: displayPrefix(key), hash: this.hash(key) } };
  }

  hash(key: string): string {
    return hashApiKey(this.config.TOLLGATE_KEY_PEPPER, key);
  }
}
