export { CLOCK, SystemClock, type Clock } from './clock';
export { ConfigError, type ConfigFault } from './config-error';
export { loadConfig } from './load-config';
export { commonVariables } from './common-variables';
