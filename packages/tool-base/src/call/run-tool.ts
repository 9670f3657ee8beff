import type { Tool } from '../tool/tool.ts';
import { isPromise, type Call, type RunResult } from './call.ts';
import { CallContext } from './call-context.ts';
import type { CallSlot } from './call-slot.ts';
import { resolveTargets, type Targets } from './call-targets.ts';
import { Deadline, UNSETTLED } from './deadline.ts';
import { startRecord } from './record.ts';

/** How long a function tool that ignores its signal keeps its slot after its caller has the response. */
const ABANDONED_SLOT_MS = 5000;

/** Step 5: the tool runs until its deadline or the caller's abort signal. */
export function runTool(tool: Tool, call: Call, input: unknown, targets: Targets): RunResult | Promise<RunResult> {
  const { request } = call;
  const timeoutMs = request.allowance?.timeoutMs ?? request.timeoutMs ?? tool.limits.timeoutMs;
  const deadline = new Deadline(tool.clock, timeoutMs, request.signal);
  const context = new CallContext(tool, request, call.correlationId, deadline, timeoutMs);
  call.record = startRecord(call, tool.recorder);
  const startedAt = tool.clock.monotonicMs();
  call.startedAt = startedAt;
  try {
    const returned = targets.size === 0 ? tool.definition.run(input as never, context) : withTargets();
    if (isPromise(returned)) return finish(returned);
    return settled({ value: returned });
  } catch (thrown) {
    return settled({ thrown });
  }

  function withTargets(): unknown {
    context.targets = targets;
    const unresolved = [...targets.values()].some((target) => tool.policy.needsResolving(target));
    if (!unresolved) return tool.definition.run(input as never, context);
    return resolveTargets(tool, targets, context).then((resolved) => {
      context.targets = resolved;
      return tool.definition.run(input as never, context);
    });
  }

  async function finish(running: PromiseLike<unknown>): Promise<RunResult> {
    try {
      const value = await deadline.race(running, tool.definition.settleMs);
      if (value !== UNSETTLED) return settled({ value, stopReason: deadline.stopReason });
      releaseWhenSettled(tool, call.slot, running);
      return settled({ stopReason: deadline.stopReason });
    } catch (thrown) {
      return settled({ thrown, stopReason: deadline.stopReason });
    }
  }

  function settled(run: RunResult): RunResult {
    call.durationMs = tool.clock.monotonicMs() - startedAt;
    context.close();
    return run;
  }
}

/** A tool that ignores its signal keeps its slot while it runs, but not for ever. */
function releaseWhenSettled(tool: Tool, slot: CallSlot | undefined, running: PromiseLike<unknown>): void {
  slot?.retain();
  const release = (): void => {
    timer[Symbol.dispose]();
    slot?.release();
  };
  const timer = tool.clock.setTimer(ABANDONED_SLOT_MS, release);
  running.then(release, release);
}
