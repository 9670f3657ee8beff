import type { Availability } from '@mcp/tool-base';

import { callFailure } from './call/call-failure.ts';
import type { ProtocolEra } from './connection/connection.ts';
import { ConnectionError } from './connection/connection-error.ts';
import { ListError } from './listing/read-list.ts';
import type { UpstreamChange, UpstreamReport, UpstreamState } from './upstream-report.ts';

/** The state of an upstream and what is wrong with it. Every change is reported once; `stopped` is the last. */
export class UpstreamCondition {
  readonly #onChange: (change: UpstreamChange) => void;
  #state: UpstreamState = 'idle';
  #problem: string | undefined;
  #era: ProtocolEra | undefined;

  constructor(onChange: (change: UpstreamChange) => void) {
    this.#onChange = onChange;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  /** The one that was spoken last. */
  get era(): ProtocolEra | undefined {
    return this.#era;
  }

  connected(era: ProtocolEra): void {
    this.#era = era;
    this.moveTo('ready');
  }

  report(): Pick<UpstreamReport, 'state' | 'problem'> {
    return { state: this.#state, ...(this.#problem !== undefined && { problem: this.#problem }) };
  }

  /** Whether calls can be made; the reason is for clients and names the upstream by its key. */
  available(key: string, breaker: string): Availability {
    if (this.#state === 'stopped') return { ok: false, reason: `the upstream ${key} is no longer used` };
    if (breaker === 'open') return { ok: false, reason: `the circuit breaker of the upstream ${key} is open` };
    if (this.#state !== 'failed') return { ok: true };
    return { ok: false, reason: this.#problem ?? 'the upstream cannot be reached' };
  }

  moveTo(to: UpstreamState, problem?: string): void {
    const from = this.#state;
    const isSame = from === to && problem === this.#problem;
    this.#problem = problem;
    if (isSame || from === 'stopped') return;
    this.#state = to;
    this.#onChange({ type: 'state', from, to, ...(problem !== undefined && { problem }) });
  }
}

/** A failure in words for the operator. */
export function problemOf(key: string, thrown: unknown): string {
  if (thrown instanceof ConnectionError || thrown instanceof ListError) return thrown.message;
  const { error } = callFailure(key, thrown);
  return error.cause instanceof ConnectionError ? error.cause.message : error.message;
}
