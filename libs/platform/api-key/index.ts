export { KEY_ENVIRONMENTS, generateApiKey, parseApiKey, hashApiKey, displayPrefix, type KeyEnvironment } from './api-key';
