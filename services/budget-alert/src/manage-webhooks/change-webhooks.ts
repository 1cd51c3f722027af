import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { TenantDatabase } from '@tollgate/platform/database';
import { AddressGuard, notFound } from '@tollgate/platform/http';
import { v7 as uuidv7 } from 'uuid';
import { sqlOf } from '../db/sql-of-manager';
import { WebhookSecrets } from '../send-webhooks/webhook-secrets';
import { lockWebhook } from './webhook-rows';
import type { ChangeWebhook, CreateWebhook, WebhookView } from './webhook.schema';

/** Registers, changes and removes endpoints. An address inside the network is refused here, and again at every connection. Nothing is sent. */
@Injectable()
export class ChangeWebhooks {
  constructor(
    private readonly database: TenantDatabase,
    private readonly secrets: WebhookSecrets,
    private readonly guard: AddressGuard,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(organizationId: string, { url, events }: CreateWebhook): Promise<WebhookView & { secret: string }> {
    const allowed = await this.guard.assertAllowedUrl(url);
    const id = uuidv7();
    const secret = this.secrets.make();
    const now = new Date(this.clock.now());
    await this.database.run(organizationId, (manager) =>
      manager.query(
        `INSERT INTO webhook_endpoints (id, organization_id, url, events, status, sealed_secret, created_at, updated_at)
         VALUES ($1, $2, $3, $4, 'active', $5, $6, $6)`,
        [id, organizationId, allowed.href, events, this.secrets.seal(organizationId, id, secret), now],
      ),
    );
    const at = now.toISOString();
    return { id, url: allowed.href, events, status: 'active', disabledReason: null, createdAt: at, updatedAt: at, secret };
  }

  /** Disabling lets go of what waits; enabling sends only what comes from then on. */
  async change(organizationId: string, id: string, { url, events, status }: ChangeWebhook): Promise<WebhookView> {
    const allowed = url === undefined ? undefined : await this.guard.assertAllowedUrl(url);
    return this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      const before = await lockWebhook(tx, organizationId, id);
      const now = new Date(this.clock.now());
      const after: WebhookView = {
        ...before,
        url: allowed?.href ?? before.url,
        events: events ?? before.events,
        status: status ?? before.status,
        disabledReason: status === 'active' ? null : status === 'disabled' ? 'Disabled by hand' : before.disabledReason,
        updatedAt: now.toISOString(),
      };
      await tx.query(
        'UPDATE webhook_endpoints SET url = $2, events = $3, status = $4, disabled_reason = $5, updated_at = $6 WHERE id = $1',
        [...[id, after.url, after.events, after.status, after.disabledReason, now]],
      );
      if (status === 'disabled') {
        await tx.query(`UPDATE deliveries SET state = 'cancelled', settled_at = $2 WHERE endpoint_id = $1 AND state = 'pending'`, [
          id,
          now,
        ]);
      }
      return after;
    });
  }

  /** Its deliveries go with it; alerts stay. */
  async remove(organizationId: string, id: string): Promise<void> {
    await this.database.run(organizationId, async (manager) => {
      const { rowCount } = await sqlOf(manager).query('DELETE FROM webhook_endpoints WHERE organization_id = $1 AND id = $2', [
        organizationId,
        id,
      ]);
      if (rowCount === 0) throw notFound('webhook', id);
    });
  }

  /** A new secret; for the overlap every webhook carries both signatures, so that the receiver can change over when it likes. */
  async rotate(
    organizationId: string,
    id: string,
    overlapSeconds: number,
  ): Promise<{ id: string; secret: string; previousExpiresAt: string }> {
    const secret = this.secrets.make();
    const nowMs = this.clock.now();
    const expires = new Date(nowMs + overlapSeconds * 1_000);
    await this.database.run(organizationId, async (manager) => {
      const tx = sqlOf(manager);
      await lockWebhook(tx, organizationId, id);
      await tx.query(
        `UPDATE webhook_endpoints SET previous_sealed_secret = sealed_secret, previous_expires_at = $3, sealed_secret = $2, updated_at = $4 WHERE id = $1`,
        [id, this.secrets.seal(organizationId, id, secret), expires, new Date(nowMs)],
      );
    });
    return { id, secret, previousExpiresAt: expires.toISOString() };
  }
}
