/** Says what happens, a line a step with the seconds since the command was given. */
export interface Progress {
  step(text: string): void;
  warn(text: string): void;
}

/** Writes to standard output; counts from when the bootstrap began, where it did. */
export function consoleProgress(): Progress {
  const began = Number(process.env.TOLLGATE_STARTED_AT) || Date.now();
  const stamp = (): string => `[${((Date.now() - began) / 1_000).toFixed(1).padStart(5)} s]`;
  return {
    step: (text) => console.log(`${stamp()} ${text}`),
    warn: (text) => console.log(`${stamp()} ! ${text}`),
  };
}
