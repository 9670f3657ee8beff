import { setTimeout as elapsed } from 'node:timers/promises';

import type { CallOfTool, ToolCallResult } from './tool-source.ts';

/** A call that the server runs as a job, in the form of the tasks extension of MCP. */
export interface CallTask {
  readonly taskId: string;
  readonly status: string;
  readonly statusMessage?: string;
  readonly pollIntervalMs?: number;
  readonly result?: ToolCallResult;
  readonly error?: { readonly message: string };
}

export type AskServer = (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

const MAX_PAUSE_MS = 5000;

export function isTask(answer: unknown): answer is CallTask {
  return (answer as { readonly resultType?: unknown } | undefined)?.resultType === 'task';
}

/** Waits for the end of the job, and shows its last line. An interrupt cancels the job. */
export async function followTask(
  ask: AskServer,
  started: CallTask,
  { onProgress, signal }: Pick<CallOfTool, 'onProgress' | 'signal'>,
): Promise<ToolCallResult> {
  const { taskId } = started;
  let task = started;
  for (let looks = 1; task.status === 'working'; looks += 1) {
    onProgress({ progress: looks, message: task.statusMessage ?? `execution ${taskId}` });
    const pauseMs = Math.min(task.pollIntervalMs ?? MAX_PAUSE_MS, MAX_PAUSE_MS);
    await elapsed(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      await ask('tasks/cancel', { taskId });
      throw signal.reason;
    }
    task = (await ask('tasks/get', { taskId })) as CallTask;
  }
  return task.result ?? failure(task);
}

/** Without a result: the server could not run it to an end, or somebody cancelled it. */
function failure({ taskId, status, error, statusMessage }: CallTask): ToolCallResult {
  const why = error?.message ?? statusMessage ?? 'It has no result.';
  return { content: [{ type: 'text', text: `Execution ${taskId} is ${status}. ${why}` }], isError: true };
}
