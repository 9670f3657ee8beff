import type { CallRecorder, RecordedCall, RecordedOutcome } from '../declare/ports.ts';
import type { ToolError } from '../result/tool-error.ts';
import { logError, type Call } from './call.ts';
import type { RunOutcome } from './response.ts';

/** A recorder that throws must not keep a tool from running. */
export function startRecord(call: Call, recorder: CallRecorder | undefined): RecordedCall | undefined {
  try {
    return recorder?.start(call.tool?.name ?? '');
  } catch (failure) {
    logError(call, 'error', 'call was not recorded', failure);
    return undefined;
  }
}

/** Step 8: the breaker, the queue, the counter and the recorder get the outcome, each once. */
export function record(call: Call, { error, output }: RunOutcome): void {
  const { tool, slot } = call;
  if (error?.type === 'internal_error') logError(call, 'error', 'internal error', error.cause);
  try {
    slot?.settle(error);
    slot?.releaseUnlessRetained();
    tool?.callCounter.count(error?.type);
    // A call that started to run has its record; a rejected one is recorded as a whole now.
    const recorded = call.startedAt === undefined ? startRecord(call, tool?.recorder) : call.record;
    const outcome = {
      status: statusOf(error, slot !== undefined),
      durationMs: call.durationMs,
      queueMs: call.queueMs,
      outputBytes: output.outputBytes,
      traceId: call.correlationId,
    };
    recorded?.end(error === undefined ? outcome : { ...outcome, errorType: error.type });
  } catch (failure) {
    logError(call, 'error', 'call was not recorded', failure);
  }
}

function statusOf(error: ToolError | undefined, ran: boolean): RecordedOutcome['status'] {
  if (error === undefined) return 'success';
  if (error.type === 'timeout' || error.type === 'cancelled') return error.type;
  return ran && error.type !== 'validation_error' ? 'failure' : 'rejected';
}
