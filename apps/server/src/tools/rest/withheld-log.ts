import type { Logger } from '../../observability/log/logger.ts';
import type { PlannedApi } from './api-tools.ts';

const SHOWN = 10;

/** Logs which operations cannot be offered, one line for each API. */
export function logWithheldOperations(apis: readonly PlannedApi[], logger: Pick<Logger, 'warn'>): void {
  for (const { key, report } of apis) {
    const withheld = report.filter(({ outcome }) => outcome === 'withheld');
    if (withheld.length === 0) continue;
    const operations = withheld.slice(0, SHOWN).map(({ operation, reason }) => `${operation}: ${reason}`);
    logger.warn({ api: key, withheld: withheld.length, operations }, 'api.operations_withheld');
  }
}
