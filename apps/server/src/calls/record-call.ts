import type { ToolRegistry, ToolResult } from '@mcp/tool-base';

import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import { decisionOf, outcomeOf } from './call-outcome.ts';
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
): void {
  const { principal, origin } = request;
  const { correlationId, durationMs, queueMs, outputBytes, confirmation } = result.meta;
  const finished = {
    correlationId,
    tool: registry.get(request.name)?.name ?? '__unknown__',
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
    decision: decisionOf(result),
    arguments: request.arguments,
    address: origin?.address,
    client: origin?.client,
    keyName: principal.keyName,
    confirmation,
    ...(result.error && { message: result.error.message }),
    ...(typeof exitCode === 'number' && { exitCode }),
  });
}
