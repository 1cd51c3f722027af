import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION } from '@tollgate/platform/database';
import { Problem } from '@tollgate/platform/http';
import { AccountsStore } from '../db/accounts-store';
import { publicOrganizationId } from '../db/public-organization-id';
import { keyStatus } from '../manage-api-keys/api-key-view';
import type { AuthenticatedKey } from './authenticate-key.schema';

interface KeyRow {
  id: string;
  organization_id: string;
  name: string;
  hash: string;
  previous_hash: string | null;
  previous_hash_expires_at: Date | null;
  project: string | null;
  may_tag_project: boolean;
  scopes: string[];
  tags: Record<string, string>;
  expires_at: Date | null;
  revoked_at: Date | null;
  organization_name: string | null;
  legal_name: string;
  country: string;
  currency: string;
  time_zone: string;
  organization_status: string;
  required_tags: string[];
  missing_tags: string;
  vat_id: string;
  address_lines: string[];
}

/**
 * Finds a key across organisations by the one function that may. The hash is keyed, so how long the index takes tells nothing about a key; what was
 * found is compared in constant time all the same.
 */
@Injectable()
export class KeyAuthenticator {
  constructor(
    private readonly store: AccountsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The key that is valid now. Throws 404 for one that never was, was replaced, has expired, or was revoked, with a code that tells which. */
  async find(hash: string): Promise<AuthenticatedKey> {
    const rows: unknown = await this.store.read(NO_ORGANIZATION, (manager) => manager.query('SELECT * FROM find_key_by_hash($1)', [hash]));
    const row = (rows as KeyRow[])[0];
    if (!row) throw invalid('key_unknown', 'There is no such key.');
    const nowMs = this.clock.now();
    const status = keyStatus({ revokedAt: row.revoked_at, expiresAt: row.expires_at }, nowMs);
    if (status !== 'active') throw invalid(`key_${status}`, `The key is ${status}.`);
    if (!sameHash(row.hash, hash) && !(row.previous_hash_expires_at && row.previous_hash_expires_at.getTime() > nowMs)) {
      throw invalid('key_replaced', 'The key was replaced by a rotation, and the overlap is over.');
    }
    return toAuthenticatedKey(row);
  }
}

function toAuthenticatedKey(row: KeyRow): AuthenticatedKey {
  const organizationId = publicOrganizationId(row.organization_id);
  return {
    id: row.id,
    organizationId,
    name: row.name,
    hash: row.hash,
    previousHash: row.previous_hash ?? '',
    previousHashExpiresAt: row.previous_hash_expires_at?.toISOString() ?? '',
    project: row.project ?? '',
    mayTagProject: row.may_tag_project,
    scopes: row.scopes,
    tags: row.tags,
    expiresAt: row.expires_at?.toISOString() ?? '',
    status: 'active',
    operator: organizationId === null && row.scopes.includes('operator'),
    organization:
      organizationId === null
        ? null
        : {
            id: organizationId,
            name: row.organization_name ?? '',
            country: row.country,
            currency: row.currency,
            timeZone: row.time_zone,
            status: row.organization_status,
            requiredTags: row.required_tags,
            missingTags: row.missing_tags,
            vatId: row.vat_id,
            legalName: row.legal_name,
            addressLines: row.address_lines,
          },
  };
}

function sameHash(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function invalid(code: string, detail: string): Problem {
  return new Problem({ status: 404, code, title: 'The key is not valid', detail, fix: 'Use a valid key, or create a new one.' });
}
