import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openSecret, sealSecret, secretBinding, SecretBoxError } from './secret-box';

const key = randomBytes(32);
const binding = secretBinding('0199a000-0000-7000-8000-000000000001', '0199a000-0000-7000-8000-000000000002');

describe('a sealed secret', () => {
  it('is opened under its key and binding', () => {
    expect(openSecret(key, binding, sealSecret(key, binding, 'sk-geheim-ü'))).toBe('sk-geheim-ü');
  });

  it('differs each time, so equal secrets are not seen to be equal', () => {
    expect(sealSecret(key, binding, 'sk-1')).not.toBe(sealSecret(key, binding, 'sk-1'));
  });

  it('stays closed for another organisation, another connection, another key', () => {
    const sealed = sealSecret(key, binding, 'sk-1');
    expect(() => openSecret(key, secretBinding(null, '0199a000-0000-7000-8000-000000000002'), sealed)).toThrow(SecretBoxError);
    expect(() => openSecret(key, secretBinding('0199a000-0000-7000-8000-000000000001', 'other'), sealed)).toThrow(SecretBoxError);
    expect(() => openSecret(randomBytes(32), binding, sealed)).toThrow(SecretBoxError);
  });

  it('stays closed when a byte changed or the end is missing', () => {
    const sealed = Buffer.from(sealSecret(key, binding, 'sk-1'), 'base64');
    for (const at of [0, 12, 28]) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      expect(() => openSecret(key, binding, altered.toString('base64'))).toThrow(SecretBoxError);
    }
    expect(() => openSecret(key, binding, sealed.subarray(0, 20).toString('base64'))).toThrow(SecretBoxError);
  });

  it('is laid out as iv (12), tag (16), ciphertext', () => {
    expect(Buffer.from(sealSecret(key, binding, 'four'), 'base64')).toHaveLength(12 + 16 + 4);
  });
});
