import { v5 as uuidV5 } from 'uuid';
import { conditionKey } from '../hold-catalogue/condition-key';
import type { SeedPrice } from './read-data';

const NAMESPACE = '6f5f0c6e-27c5-5a0b-9d5c-3c1a7a0f8a11';

/** The version id of a seeded price: the same in every installation that was seeded with the same files. */
export function seedVersion(price: SeedPrice, validFrom: string): string {
  return uuidV5([priceIdentity(price), validFrom, price.amount, price.currency, price.per].join('|'), NAMESPACE);
}

/** What makes two prices versions of one: provider, model, unit and conditions. */
export function priceIdentity({
  provider,
  model,
  unit,
  conditions,
}: Pick<SeedPrice, 'provider' | 'model' | 'unit' | 'conditions'>): string {
  return [provider, model, unit, conditionKey(conditions)].join('|');
}
