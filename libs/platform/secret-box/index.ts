export { SecretBoxError, secretBinding, sealSecret, openSecret } from './secret-box';
