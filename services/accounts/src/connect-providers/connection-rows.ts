import { sqlState } from '@tollgate/platform/database';
import { notFound, Problem } from '@tollgate/platform/http';
import type { EntityManager } from 'typeorm';
import { ProviderConnectionEntity } from '../db/provider-connection.entity';

/** The connection, locked until the transaction ends, so that two changes of it follow one another in the directory too. */
export async function lockConnection(manager: EntityManager, organizationId: string, id: string): Promise<ProviderConnectionEntity> {
  const found = await manager.findOne(ProviderConnectionEntity, { where: { id, organizationId }, lock: { mode: 'pessimistic_write' } });
  if (!found) throw notFound('provider connection', id);
  return found;
}

/** Names tell apart the connections that one owner has to the same provider. */
export async function insertUnlessNamed(manager: EntityManager, connection: ProviderConnectionEntity): Promise<void> {
  const result = await manager
    .createQueryBuilder()
    .insert()
    .into(ProviderConnectionEntity)
    .values(connection)
    .orIgnore()
    .returning('id')
    .execute();
  if ((result.raw as unknown[]).length === 0) throw nameTaken(connection);
}

export async function saveUnlessNamed(manager: EntityManager, connection: ProviderConnectionEntity): Promise<void> {
  try {
    await manager.save(ProviderConnectionEntity, connection, { reload: false });
  } catch (error) {
    throw sqlState(error) === '23505' ? nameTaken(connection) : error;
  }
}

function nameTaken({ provider, name }: ProviderConnectionEntity): Problem {
  return new Problem({
    status: 409,
    code: 'connection_exists',
    title: 'The connection exists',
    detail: `There is a connection to ${provider} by the name of ${JSON.stringify(name)} already.`,
    fix: 'Change that one with PATCH, or choose another name.',
  });
}
