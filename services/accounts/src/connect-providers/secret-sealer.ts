import { Inject, Injectable } from '@nestjs/common';
import { sealSecret, secretBinding } from '@tollgate/platform/secret-box';
import { ACCOUNTS_CONFIG, type AccountsConfig } from '../accounts.config';
import { publicOrganizationId } from '../db/public-organization-id';

/** Seals what vendors accept as a key. Nothing here opens it again: only ingress does, when it calls. */
@Injectable()
export class SecretSealer {
  constructor(@Inject(ACCOUNTS_CONFIG) private readonly config: Pick<AccountsConfig, 'TOLLGATE_ENCRYPTION_KEY'>) {}

  seal(organizationId: string, connectionId: string, secret: string): string {
    return sealSecret(this.config.TOLLGATE_ENCRYPTION_KEY, secretBinding(publicOrganizationId(organizationId), connectionId), secret);
  }
}
