export { SecretBoxError, parseEncryptionKey, secretBinding, sealSecret, openSecret } from './secret-box';
