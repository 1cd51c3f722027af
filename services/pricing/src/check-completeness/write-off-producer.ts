import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@tollgate/platform/config';
import { NO_ORGANIZATION, TenantDatabase } from '@tollgate/platform/database';
import { Problem, notFound } from '@tollgate/platform/http';
import type { z } from 'zod';
import type { writeOff, writtenOff } from './completeness.schema';

/** Declares what is missing of a producer's epoch lost, so that months can become final without it. Only added to: a write-off is not taken back. */
@Injectable()
export class WriteOffProducer {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  run({ producer, epoch, reason }: z.output<typeof writeOff>, by: string): Promise<z.input<typeof writtenOff>> {
    const writtenOffAt = new Date(this.clock.now()).toISOString();
    return this.database.run(NO_ORGANIZATION, async (manager) => {
      const [known] = (await manager.query('SELECT EXISTS (SELECT FROM producer_epochs WHERE producer = $1) AS known', [producer])) as {
        known: boolean;
      }[];
      if (!known?.known) throw notFound('producer', producer);
      const added = (await manager.query(
        `INSERT INTO producer_write_offs (producer, epoch, reason, written_off_by, written_off_at, received)
         SELECT $1, $2, $3, $4, $5, coalesce((SELECT received FROM producer_epochs WHERE producer = $1 AND epoch = $2), '{}')
         ON CONFLICT DO NOTHING RETURNING producer`,
        [producer, epoch, reason, by, writtenOffAt],
      )) as unknown[];
      if (added.length === 0) throw alreadyWrittenOff(epoch);
      return { producer, epoch, reason, writtenOffBy: by, writtenOffAt };
    });
  }
}

function alreadyWrittenOff(epoch: number): Problem {
  return new Problem({
    status: 409,
    code: 'already_written_off',
    title: 'Already written off',
    detail: `Epoch ${epoch} of this producer was written off before.`,
    fix: 'Nothing is to be done; see GET /api/v1/completeness.',
  });
}
