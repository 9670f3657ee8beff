import type { SandboxLevel, Tool, ToolRegistry, ToolResult } from '@mcp/tool-base';

import type { JobRecord } from '../jobs/job-record.ts';
import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import { decisionOf, outcomeOf } from './call-outcome.ts';
import { failureOf } from './job-description.ts';
import type { ToolCallRequest } from './tool-call-request.ts';

export interface CallRecorders {
  readonly registry: ToolRegistry;
  readonly audit: AuditTrail;
  readonly events: EventBus;
}

/** Once for each call, whether it ran or was rejected. */
export function recordCall(
  { registry, audit, events }: CallRecorders,
  request: ToolCallRequest,
  result: ToolResult,
  approvedBy?: string,
): void {
  const { principal, origin } = request;
  const tool = registry.get(request.name);
  const decision = decisionOf(result);
  const { correlationId, durationMs, queueMs, outputBytes, confirmation } = result.meta;
  const finished = {
    correlationId,
    tool: tool?.name ?? '__unknown__',
    caller: principal.name,
    outcome: outcomeOf(result),
    durationMs,
    queueMs,
    outputBytes,
  };
  const { exitCode } = result.structured;
  events.publish('call.finished', finished);
  audit.record({
    ...finished,
    decision,
    arguments: request.arguments,
    address: origin?.address,
    client: origin?.client,
    keyName: principal.keyName,
    confirmation,
    approvedBy,
    ...(decision === 'allowed' && { sandbox: sandboxOf(tool) }),
    ...(result.error && { message: result.error.message }),
    ...(typeof exitCode === 'number' && { exitCode }),
  });
}

/** A job that ended in the queue, or whose server is gone: no run recorded its end. */
export function recordEndOutsideRun(audit: AuditTrail, job: JobRecord): void {
  const { id, tool, caller, arguments: values, createdAt, startedAt, endedAt, stdoutBytes, stderrBytes } = job;
  const failure = failureOf(job);
  if (!failure) return;
  const hasRun = startedAt > 0;
  audit.record({
    correlationId: id,
    tool,
    caller,
    decision: hasRun ? 'allowed' : 'refused',
    outcome: failure.type,
    durationMs: hasRun ? endedAt - startedAt : 0,
    queueMs: (hasRun ? startedAt : endedAt) - createdAt,
    outputBytes: stdoutBytes + stderrBytes,
    message: failure.message,
    arguments: values,
  });
}

function sandboxOf(tool: Tool | undefined): SandboxLevel | undefined {
  const { sandbox } = tool?.definition ?? {};
  return sandbox && tool?.launcher?.sandboxOf?.(sandbox)?.level;
}
