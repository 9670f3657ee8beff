/** What operators see of an API under `apis`. No secret is in it. */
import type { ApiCounts, OperationReport, TokenState } from '@mcp/openapi-tools';
import type { Tool } from '@mcp/tool-base';

import { hasOpenBreaker } from '../../observability/open-breaker.ts';
import type { PlannedApi } from './api-tools.ts';

export interface ApiReport {
  readonly key: string;
  readonly baseUrl: string;
  /** Addresses that the document names; never used. */
  readonly servers: readonly string[];
  /** In the order of the document. */
  readonly operations: readonly OperationReport[];
  /** Of client credentials; null for all others. */
  readonly token: TokenState | null;
  readonly requests: ApiCounts;
  /** Tools whose circuit breaker is open. */
  readonly openBreakers: readonly string[];
}

export function reportApi(
  { key, baseUrl, servers, report, client }: PlannedApi,
  toolOf: (name: string) => Pick<Tool, 'breakers'> | undefined,
): ApiReport {
  const names = report.flatMap(({ outcome, tool }) => (outcome === 'offered' && tool !== undefined ? [tool] : []));
  return {
    key,
    baseUrl,
    servers,
    operations: report,
    token: client.tokenState ?? null,
    requests: client.counts,
    openBreakers: names.filter((name) => hasOpenBreaker(toolOf(name))),
  };
}

/** How many operations have an outcome. */
export function countOperations(report: readonly OperationReport[], outcome: OperationReport['outcome']): number {
  return report.filter((operation) => operation.outcome === outcome).length;
}
