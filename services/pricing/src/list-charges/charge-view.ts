import { Outcome } from '@tollgate/contracts';
import { chargeOfRow, type ChargeRow } from '../db/read-charges';
import type { ChargeView } from './charge.schema';

/** A ledger entry as REST shows it: what is empty in the ledger is null here. */
export function chargeView(row: ChargeRow): ChargeView {
  const { chargeId, grants: _, timeZone: __, organizationId: ___, ...charge } = chargeOfRow(row);
  return {
    ...charge,
    id: chargeId,
    outcome: outcomeName(charge.outcome),
    project: charge.tags['project'] || null,
    team: charge.tags['team'] || null,
    env: charge.tags['env'] || null,
    feature: charge.tags['feature'] || null,
    keyId: charge.keyId || null,
    connectionId: charge.connectionId || null,
    fx: { ...charge.fx!, date: charge.fx!.date || null },
    source: charge.source || null,
    sourceId: charge.sourceId || null,
    correctsChargeId: charge.correctsChargeId || null,
    reason: charge.reason || null,
    lines: charge.lines,
  };
}

/** `OUTCOME_CLIENT_CUT` is client_cut outside. */
export function outcomeName(outcome: Outcome): string {
  return (Outcome[outcome] ?? 'OUTCOME_UNSPECIFIED').replace('OUTCOME_', '').toLowerCase();
}
