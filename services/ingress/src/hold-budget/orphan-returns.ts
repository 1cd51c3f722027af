import { Injectable } from '@nestjs/common';
import type { GrantBalance } from '../spool/segment-head';

/** Whoever can give grants back. */
export interface GrantReturner {
  returnOf(holder: string, idle: readonly GrantBalance[]): Promise<void>;
}

/** What dead processes left of their grants, on its way back to budget-alert. Spools are replayed before anybody can be told. */
@Injectable()
export class OrphanReturns {
  private returner: GrantReturner | null = null;
  private waiting: { holder: string; idle: readonly GrantBalance[] }[] = [];

  add(holder: string, idle: readonly GrantBalance[]): void {
    if (idle.length === 0) return;
    if (this.returner) void this.returner.returnOf(holder, idle);
    else this.waiting.push({ holder, idle });
  }

  sendBy(returner: GrantReturner): void {
    this.returner = returner;
    for (const { holder, idle } of this.waiting.splice(0)) this.add(holder, idle);
  }
}
