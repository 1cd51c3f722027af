import { ModelPrices } from './model-prices';
import type { Price } from './price';

/**
 * Prices of many models, by provider and model. A change of one price recompiles its model on the next look-up, so that a whole catalogue can be loaded
 * without compiling what is never called.
 */
export class PriceBook {
  private readonly prices = new Map<string, Map<string, Price>>();
  private readonly compiled = new Map<string, ModelPrices>();

  static of(prices: Iterable<Price>): PriceBook {
    const book = new PriceBook();
    for (const price of prices) book.put(price.version, price);
    return book;
  }

  /** Adds or replaces the price that is known under `key`. */
  put(key: string, price: Price): void {
    const model = modelKey(price.provider, price.model);
    const prices = this.prices.get(model) ?? new Map<string, Price>();
    prices.set(key, price);
    this.prices.set(model, prices);
    this.compiled.delete(model);
  }

  /** Removes the price that is known under `key`; does nothing when there is none. */
  remove(key: string, provider: string, model: string): void {
    if (this.prices.get(modelKey(provider, model))?.delete(key)) this.compiled.delete(modelKey(provider, model));
  }

  /** The model's prices, or undefined when it has none. Throws what compilePrice throws. */
  modelPrices(provider: string, model: string): ModelPrices | undefined {
    const key = modelKey(provider, model);
    const known = this.compiled.get(key);
    if (known) return known;
    const prices = this.prices.get(key);
    if (!prices || prices.size === 0) return undefined;
    const compiled = new ModelPrices(prices.values());
    this.compiled.set(key, compiled);
    return compiled;
  }
}

/** Provider ids hold no slash, so the pair cannot be mistaken for another. */
function modelKey(provider: string, model: string): string {
  return `${provider}/${model}`;
}
