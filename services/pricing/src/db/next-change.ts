import type { EntityManager } from 'typeorm';

/**
 * The number of the change that this transaction makes to prices, mark-ups or rates. Holds off every other change until it commits, so that a reader who has
 * seen a number has seen all below it.
 */
export async function nextChange(manager: EntityManager): Promise<string> {
  await manager.query('UPDATE catalogue_state SET change = change + 1');
  const [row] = (await manager.query('SELECT change FROM catalogue_state')) as { change: string }[];
  return row!.change;
}
