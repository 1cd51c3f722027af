import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A ciphertext that can't be opened: cut off, altered, sealed under another key, or bound to another tenant or connection. */
export class SecretBoxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretBoxError';
  }
}

/** What a provider secret is bound to: its organisation (empty for a shared connection) and its connection. Copied to another row, it can't be opened. */
export function secretBinding(organizationId: string | null, connectionId: string): string {
  return `${organizationId ?? ''}|${connectionId}`;
}

/** Seals under the 32-byte key of `TOLLGATE_ENCRYPTION_KEY` with AES-256-GCM: base64 of iv (12 bytes), tag (16 bytes) and ciphertext; `binding` is the additional authenticated data. */
export function sealSecret(key: Buffer, binding: string, secret: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(binding));
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('base64');
}

/** The secret that `sealSecret` sealed under the same key and binding. Throws SecretBoxError otherwise. */
export function openSecret(key: Buffer, binding: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < IV_BYTES + TAG_BYTES) throw new SecretBoxError('the sealed secret is cut off');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(binding));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    throw new SecretBoxError('the sealed secret was altered, or belongs to another key, organisation or connection');
  }
}
