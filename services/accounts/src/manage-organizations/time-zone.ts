/** `UTC`, or area and place as in `Europe/Berlin`. Offsets such as `+01:00`, which Intl takes too, know no daylight saving and are no IANA names. */
const IANA_NAME = /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/;

/** The IANA name in its proper case, or null if there is no such zone. An alias such as Asia/Calcutta stays as it is given. */
export function parseTimeZone(name: string): string | null {
  if (!IANA_NAME.test(name)) return null;
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return resolved.toLowerCase() === name.toLowerCase() ? resolved : name;
  } catch {
    return null;
  }
}
