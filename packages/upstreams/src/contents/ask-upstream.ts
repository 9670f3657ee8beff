/** One request to an upstream that is no call of a tool: through the same gate and breaker, under a deadline, never sent twice. */
import { ToolError } from '@mcp/tool-base';

import { callFailure } from '../call/call-failure.ts';
import type { CalledUpstream } from '../call/call-upstream.ts';
import { ConnectionError } from '../connection/connection-error.ts';
import { INPUT_REQUIRED, type Connection } from '../connection/connection.ts';
import type { Lease } from '../connection/instances.ts';
import type { Members } from '../connection/take-apart.ts';

export interface UpstreamRequest {
  readonly method: string;
  readonly params: Members;
  readonly caller: RequestCaller;
  readonly timeoutMs: number;
}

/** On whose behalf a request is made. */
export interface RequestCaller {
  readonly name: string;
  /** Of a client that has one. */
  readonly session?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {ToolError} in words for the caller */
export type Ask = (method: string, params: Members, caller: RequestCaller) => Promise<Members>;

export function asker({ upstream, timeoutMs }: { upstream: CalledUpstream; timeoutMs: number }): Ask {
  return (method, params, caller) => askUpstream(upstream, { method, params, caller, timeoutMs });
}

async function askUpstream(upstream: CalledUpstream, request: UpstreamRequest): Promise<Members> {
  const { key, gate, statistics, clock } = upstream;
  const { caller, timeoutMs } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = caller.signal ? AbortSignal.any([deadline, caller.signal]) : deadline;
  const slot = await gate.enter(caller.name, signal);
  let outcome: ToolError | undefined;
  const sentMs = clock.monotonicMs();
  try {
    statistics.requests += 1;
    return await answer(upstream, request, signal);
  } catch (thrown) {
    if (deadline.aborted) throw (outcome = new ToolError('timeout', `The upstream ${key} did not answer in time.`));
    if (signal.aborted) throw (outcome = new ToolError('cancelled', 'The request was cancelled.'));
    const failure = callFailure(key, thrown);
    if (failure.ofConnection) outcome = new ToolError('unavailable', failure.error.message);
    throw failure.error;
  } finally {
    statistics.requestMs += clock.monotonicMs() - sentMs;
    slot.settle(outcome);
    slot.release();
  }
}

async function answer(
  { key, instances }: CalledUpstream,
  { method, params, caller }: UpstreamRequest,
  signal: AbortSignal,
): Promise<Members> {
  let lease: Lease | undefined;
  let connection: Connection | undefined;
  try {
    lease = await instances.forCaller(caller, signal);
    connection = await lease.link.get(signal);
    const result = await connection.request(method, params, signal);
    if (result !== INPUT_REQUIRED) return result;
    throw new ToolError('tool_error', `The upstream ${key} asks for input from the user, which is not passed on.`);
  } catch (thrown) {
    const isLost = thrown instanceof ConnectionError && thrown.kind === 'session_lost';
    if (connection !== undefined && isLost) lease?.link.lose(connection, thrown.message);
    throw thrown;
  } finally {
    lease?.[Symbol.dispose]();
  }
}
