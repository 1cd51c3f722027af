/** One environment variable that is missing or malformed. */
export interface ConfigFault {
  readonly variable: string;
  /** What is wrong with the value; never the value itself, which may be a secret. */
  readonly fault: string;
  /** What the variable is for, as its schema describes it. */
  readonly meaning: string;
}

/** The environment does not describe a working process. The message names every bad variable, its meaning and what to set. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly ConfigFault[]) {
    const lines = faults.map(({ variable, fault, meaning }) => `  ${variable}: ${fault}${meaning ? `. Set it to ${meaning}` : ''}`);
    super(`The environment is incomplete or wrong:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
  }
}
