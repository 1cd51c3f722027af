import { hkdfSync, randomBytes } from 'node:crypto';
import { openSecret, sealSecret } from '@tollgate/platform/secret-box';

const SECRET_BYTES = 24;
const KEY_INFO = 'tollgate budget-alert webhook secrets v1';

/**
 * Signing secrets of webhooks at rest: AES-256-GCM under a key that is derived from TOLLGATE_INTERNAL_SECRET (HKDF-SHA-256), bound to organisation and
 * endpoint. This service signs with them, so it must be able to open them; the key of the provider secrets is not its to have.
 */
export class WebhookSecrets {
  readonly #key: Buffer;

  constructor(internalSecret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', internalSecret, '', KEY_INFO, 32));
  }

  /** A new secret in the form of Standard Webhooks: `whsec_` and 24 random bytes in base64. */
  make(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  seal(organizationId: string, endpointId: string, secret: string): string {
    return sealSecret(this.#key, bindingOf(organizationId, endpointId), secret);
  }

  /** Throws SecretBoxError when it was sealed under another internal secret or for another endpoint. */
  open(organizationId: string, endpointId: string, sealed: string): string {
    return openSecret(this.#key, bindingOf(organizationId, endpointId), sealed);
  }
}

function bindingOf(organizationId: string, endpointId: string): string {
  return `${organizationId}|${endpointId}`;
}
