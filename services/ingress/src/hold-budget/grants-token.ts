import type { Clock } from '@tollgate/platform/config';
import { serviceToken } from '@tollgate/platform/http';

/** A token is good for 60 s; it is made anew well before that. */
const TOKEN_LIFE_MS = 30_000;

/** Makes the internal token of calls to budget-alert, one for many of them. */
export function grantsToken(secret: string, clock: Clock): () => Promise<string> {
  let made: { readonly text: Promise<string>; readonly until: number } | null = null;
  return () => {
    const now = clock.now();
    if (!made || made.until <= now) made = { text: serviceToken('ingress', secret, now), until: now + TOKEN_LIFE_MS };
    return made.text;
  };
}
