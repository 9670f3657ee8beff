/**
 * One call of a tool of an upstream: through the gate, over the connection, and back as content. A request is sent again, once, only
 * if it cannot have run, or if the operator says that running it twice does no more than running it once.
 */
import { ToolError, type ToolContent, type ToolContext } from '@mcp/tool-base';

import { ConnectionError } from '../connection/connection-error.ts';
import type { Connection } from '../connection/connection.ts';
import type { Instances, Lease } from '../connection/instances.ts';
import type { Members } from '../connection/take-apart.ts';
import type { Clock } from '../clock.ts';
import type { UpstreamStatistics } from '../upstream-statistics.ts';
import type { ListedTool } from '../listing/listed-tool.ts';
import { callFailure, type CallFailure } from './call-failure.ts';
import type { Gate } from './gate.ts';
import type { StructuredCheck } from './structured-check.ts';
import { readResult, type ExposeUri } from './read-result.ts';

export interface CalledUpstream {
  readonly key: string;
  readonly instances: Instances;
  readonly gate: Gate;
  readonly statistics: UpstreamStatistics;
  readonly clock: Clock;
  readonly exposeUri: ExposeUri;
}

export interface UpstreamCall {
  readonly tool: ListedTool;
  readonly idempotent: boolean;
  readonly arguments: Members;
  readonly context: ToolContext;
  readonly check?: StructuredCheck;
}

export async function callUpstream(upstream: CalledUpstream, call: UpstreamCall): Promise<ToolContent> {
  const { signal, caller } = call.context;
  const slot = await upstream.gate.enter(caller.name, signal);
  let outcome: ToolError | undefined;
  try {
    return await attempts(upstream, call);
  } catch (error) {
    if (signal.aborted) {
      outcome = new ToolError('cancelled', 'The call ended before the answer.');
      throw error;
    }
    const failure = error as CallFailure;
    outcome = failure.ofConnection ? new ToolError('unavailable', failure.error.message) : undefined;
    throw failure.error;
  } finally {
    slot.settle(outcome);
    slot.release();
  }
}

/** @throws {CallFailure} or the reason of the caller's signal */
async function attempts(upstream: CalledUpstream, call: UpstreamCall): Promise<ToolContent> {
  try {
    return await attempt(upstream, call);
  } catch (failure) {
    if (call.context.signal.aborted || !maySendAgain(failure as CallFailure, call)) throw failure;
    return attempt(upstream, call);
  }
}

function maySendAgain({ error, ofConnection, mayHaveRun }: CallFailure, { idempotent }: UpstreamCall): boolean {
  const { cause } = error;
  if (cause instanceof ConnectionError && cause.kind === 'session_lost') return true;
  return ofConnection && mayHaveRun && idempotent;
}

async function attempt(
  { key, instances, statistics, clock, exposeUri }: CalledUpstream,
  call: UpstreamCall,
): Promise<ToolContent> {
  const { tool, context } = call;
  const { signal } = context;
  let connection: Connection | undefined;
  let lease: Lease | undefined;
  let sentMs: number | undefined;
  try {
    lease = await instances.forCaller(context.caller, signal);
    connection = lease.link.current ?? (await lease.link.get(signal));
    sentMs = clock.monotonicMs();
    statistics.requests += 1;
    const raw = await connection.callTool(tool.name, call.arguments, {
      signal,
      onProgress: context.wantsProgress ? (progress) => context.reportProgress(progress) : undefined,
      headerSchema: tool.mirrorsArguments ? tool.inputSchema : undefined,
    });
    const output = readResult(key, raw, exposeUri);
    return call.check?.(output) ?? output;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const failure = callFailure(key, thrown);
    const isLost = thrown instanceof ConnectionError && thrown.kind === 'session_lost';
    if (connection !== undefined && isLost) lease?.link.lose(connection, thrown.message);
    throw connection === undefined ? { ...failure, mayHaveRun: false } : failure;
  } finally {
    if (sentMs !== undefined) statistics.requestMs += clock.monotonicMs() - sentMs;
    lease?.[Symbol.dispose]();
  }
}
