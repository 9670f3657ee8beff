import { randomUUID } from 'node:crypto';

import type { Principal } from '../../../access/principal.ts';
import { systemClock, type Clock } from '../../../foundation/clock.ts';
import { NO_TOOL } from '../../../observability/audit/audit-entry.ts';
import type { AuditTrail } from '../../../observability/audit/audit-trail.ts';
import type { Rejection } from '../../../foundation/problem-details.ts';
import { originOf, type OriginRequest } from './origin-of.ts';
import { WindowLimit } from './window-limit.ts';

export interface RefusedCredentialsOptions {
  readonly audit: Pick<AuditTrail, 'record'>;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

/** One a second on average: anybody can send a wrong credential, and calls must not lose their place in the audit log. */
const MAX_ENTRIES = 60;
const WINDOW_MS = 60_000;

/** A credential that could not be checked is not a wrong one. */
const OUTCOMES: Readonly<Record<number, string>> = { 403: 'forbidden', 503: 'unavailable' };

/** Records credentials that were refused, and why, in the audit log. A request without a credential is not recorded. */
export class RefusedCredentials {
  readonly #audit: RefusedCredentialsOptions['audit'];
  readonly #entries: WindowLimit;

  constructor({ audit, clock = systemClock }: RefusedCredentialsOptions) {
    this.#audit = audit;
    this.#entries = new WindowLimit({ max: MAX_ENTRIES, windowMs: WINDOW_MS, clock });
  }

  /** @param principal of a credential that is valid, but lacks a scope */
  record(request: OriginRequest, { status, reason, keyName, problem }: Rejection, principal?: Principal): void {
    const suppressed = this.#entries.take();
    if (suppressed === undefined) return;
    this.#audit.record({
      correlationId: randomUUID(),
      caller: principal?.name ?? keyName ?? '',
      tool: NO_TOOL,
      decision: 'refused',
      outcome: OUTCOMES[status] ?? 'unauthorized',
      ...(reason !== undefined && { reason }),
      message: suppressed === 0 ? problem.detail : `${problem.detail} ${suppressed} more were not recorded.`,
      ...originOf(request),
      keyName: principal?.keyName ?? keyName,
      durationMs: 0,
      queueMs: 0,
      outputBytes: 0,
    });
  }
}
