import type { CheckDefinition } from '@mcp/health';

import type { JwtVerifier } from '../access/jwt.ts';
import type { CheckTiming } from '../configuration/settings/milliseconds.ts';

/** Longer than the time that the issuer has for an answer. */
const TIMEOUT_MS = 6_000;

/** Fetches the keys of the issuer where that is due, so that its silence is known before a token needs them. */
export function issuerCheck(jwt: Pick<JwtVerifier, 'checkIssuer'>, { periodMs }: CheckTiming): CheckDefinition {
  return {
    name: 'token_issuer',
    periodMs: Math.max(periodMs, TIMEOUT_MS),
    timeoutMs: TIMEOUT_MS,
    // Callers with API keys are not concerned.
    priority: 'important',
    async run() {
      const { problem: message, hasKeys } = await jwt.checkIssuer();
      if (message === undefined) return { status: 'healthy' };
      return { status: hasKeys ? 'degraded' : 'unhealthy', message };
    },
  };
}
