import type { Decimal } from '@tollgate/domain';
import type { CatalogueModel } from './catalogue-model';
import { genaiPrices, type GenaiProvider } from './genai-prices';

/** A plain price on which the two sources disagree. */
export interface Difference {
  readonly model: string;
  readonly unit: string;
  readonly ours: Decimal;
  readonly theirs: Decimal;
}

/** How far the two sources agree about one provider. */
export interface ProviderCheck {
  readonly provider: string;
  readonly models: number;
  readonly equal: number;
  readonly different: number;
}

export interface CrossCheck {
  readonly providers: ProviderCheck[];
  readonly differences: Difference[];
}

/** Compares the unconditional price of every unit that both sources price, model by model. */
export function crossCheck(models: readonly CatalogueModel[], genai: readonly GenaiProvider[], date: string): CrossCheck {
  const differences: Difference[] = [];
  const providers = genai.map((provider): ProviderCheck => {
    let [known, equal, different] = [0, 0, 0];
    for (const model of models) {
      if (model.provider !== provider.id || model.prices.length === 0) continue;
      const theirs = genaiPrices(provider, model.model, date);
      if (!theirs || theirs.size === 0) continue;
      known += 1;
      for (const { unit, amount, conditions } of model.prices) {
        const other = theirs.get(unit);
        if (!other || Object.keys(conditions).length > 0) continue;
        if (amount.equals(other)) equal += 1;
        else {
          different += 1;
          differences.push({ model: `${model.provider}/${model.model}`, unit, ours: amount, theirs: other });
        }
      }
    }
    return { provider: provider.id, models: known, equal, different };
  });
  return { providers: providers.filter(({ models: known }) => known > 0), differences };
}
