import { isToolError, ToolError } from '../result/tool-error.ts';
import { logError, type Call, type RunResult } from './call.ts';
import { toolThrew } from './unexpected-error.ts';

/** Step 6: the error that a settled run amounts to; undefined is success. */
export function classify(run: RunResult, call: Call): ToolError | undefined {
  if (call.request.clientInput?.awaiting === true) return inputAwaited();
  if (run.stopReason === 'timeout') return timeoutOf(call);
  if (run.stopReason === 'cancelled')
    return new ToolError('cancelled', 'The call was cancelled and the tool was stopped.');
  if (!('thrown' in run)) return undefined;
  if (isToolError(run.thrown)) {
    if (run.thrown.cause !== undefined) logError(call, 'warn', 'tool failed', run.thrown.cause);
    return run.thrown;
  }
  logError(call, 'warn', 'tool threw', run.thrown);
  return toolThrew(run.thrown);
}

/** The call ends here, and its client repeats it with the response. */
export function inputAwaited(): ToolError {
  return new ToolError(
    'cancelled',
    'The run stopped to request input from the client; it is repeated with the response.',
  );
}

/** A caller that allows less time than the tool has must not open the breaker for the others. */
function timeoutOf({ request, tool }: Call): ToolError {
  const allowedMs = request.timeoutMs;
  const ownMs = tool?.limits.timeoutMs;
  if (allowedMs === undefined || ownMs === undefined || allowedMs >= ownMs) {
    return new ToolError('timeout', 'The tool timed out and was stopped.');
  }
  return new ToolError('timeout', `The tool did not finish within the ${allowedMs} ms of this call and was stopped.`, {
    suggestion: `Narrow the job, or allow more time: timeoutMs may be up to ${ownMs}.`,
    neutral: true,
  });
}
