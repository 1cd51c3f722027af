import { Decimal } from '@tollgate/domain';
import type { ListPrice } from './catalogue-model';
import { exactNumber } from './exact-number';
import type { LitellmEntry } from './litellm-entry';
import type { Conditions } from './model-name';

/** A price that is all token prices times a factor. */
interface Uplift {
  readonly factor: Decimal;
  readonly conditions: Conditions;
}

/**
 * Adds the prices that LiteLLM states as a factor: processing in a region, and Anthropic's fast mode. They hold for tokens, in every context; fast mode has
 * no batch, so it does not combine with another service tier.
 */
export function withUplifts(entry: LitellmEntry, prices: readonly ListPrice[]): ListPrice[] {
  const added: ListPrice[] = [];
  for (const uplift of upliftsOf(entry)) {
    for (const price of prices) {
      const clash = Object.keys(uplift.conditions).some((name) => name in price.conditions);
      if (clash || !price.unit.endsWith('_tokens')) continue;
      added.push({ ...price, amount: price.amount.times(uplift.factor), conditions: { ...price.conditions, ...uplift.conditions } });
    }
  }
  return [...prices, ...added];
}

function upliftsOf(entry: LitellmEntry): Uplift[] {
  const factor = (value: unknown) => (typeof value === 'string' ? exactNumber(value) : undefined);
  const special = entry['litellm_provider'] === 'anthropic' ? (entry['provider_specific_entry'] as LitellmEntry | undefined) : undefined;
  const us = factor(entry['regional_processing_uplift_multiplier_us']) ?? factor(special?.['us']);
  const eu = factor(entry['regional_processing_uplift_multiplier_eu']);
  const fast = factor(special?.['fast']);
  const uplifts: Uplift[] = [];
  if (us) uplifts.push({ factor: us, conditions: { region: 'us' } });
  if (eu) uplifts.push({ factor: eu, conditions: { region: 'eu' } });
  if (fast) uplifts.push({ factor: fast, conditions: { service_tier: 'fast' } });
  if (us && fast) uplifts.push({ factor: us.times(fast), conditions: { region: 'us', service_tier: 'fast' } });
  return uplifts;
}
