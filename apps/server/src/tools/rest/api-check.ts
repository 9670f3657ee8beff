import type { CheckDefinition } from '@mcp/health';

import type { CheckTiming } from '../../configuration/settings/milliseconds.ts';
import { countOperations, type ApiReport } from './api-report.ts';

export function apiCheckName(key: string): string {
  return `api_${key}`;
}

/**
 * The health of an API as its traffic shows it; the check itself sends nothing. It stands for the checks of its tools: there may be
 * thousands. Informational, since other tools still work.
 */
export function apiCheck(key: string, timing: CheckTiming, report: () => ApiReport): CheckDefinition {
  return {
    ...timing,
    name: apiCheckName(key),
    priority: 'informational',
    // This server has started when it serves, whatever its APIs do.
    groups: ['ready'],
    dependency: true,
    run: () => conditionOf(report()),
  };
}

/** One that broke is repeated by the next call; more say that nobody answers. */
const MANY_FAILURES = 3;

/** How an API is, as its traffic shows it. */
export interface ApiCondition {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly message?: string;
}

export function conditionOf({ operations, token, requests, openBreakers }: ApiReport): ApiCondition {
  if (token?.state === 'failed') return { status: 'unhealthy', message: 'The token URL gives no access token.' };
  if (requests.failedInARow >= MANY_FAILURES) {
    return { status: 'unhealthy', message: `The last ${requests.failedInARow} requests had no answer.` };
  }
  const offered = countOperations(operations, 'offered');
  if (offered === 0) return { status: 'degraded', message: 'None of its operations is offered.' };
  if (openBreakers.length > 0) {
    return { status: 'degraded', message: `Circuit breakers are open: ${openBreakers.length} of ${offered}.` };
  }
  return { status: 'healthy' };
}
