/** Conditions in one canonical text: two prices with equal conditions are versions of one price. Empty for none. */
export function conditionKey(conditions: Readonly<Record<string, string>>): string {
  return Object.keys(conditions)
    .sort()
    .map((name) => `${name}=${conditions[name]}`)
    .join(' ');
}
