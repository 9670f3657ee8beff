import type { Tool, ToolRegistry, ToolResult } from '@mcp/tool-base';

import { mayCall, scopeToCall, type Principal } from '../access/principal.ts';
import type { JobRecord } from '../jobs/record/job-record.ts';
import { maskedMessage } from '../observability/audit/masked-message.ts';
import { cleanText } from '../observability/audit/clean-text.ts';
import { levelOf, logFinishedCall } from '../observability/log/finished-call-line.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { AuditedUpstream, AuditRecord } from '../observability/audit/audit-entry.ts';
import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import { decisionOf, outcomeOf } from './call-outcome.ts';
import { failureOf } from './job-description.ts';
import type { ToolCallRequest } from './tool-call-request.ts';

export interface CallRecorders {
  readonly registry: ToolRegistry;
  readonly audit: AuditTrail;
  readonly events: EventBus;
  readonly logger: Logger;
}

/** In characters. */
const MAX_LOGGED_MESSAGE = 1024;

/** Once for each call, whether it ran or was rejected. */
export function recordCall(
  { registry, audit, events, logger }: CallRecorders,
  request: ToolCallRequest,
  result: ToolResult,
  approvedBy?: string,
): void {
  const { principal, origin } = request;
  const tool = registry.get(request.name);
  const decision = decisionOf(result);
  const { correlationId, durationMs, queueMs, outputBytes, confirmation } = result.meta;
  const name = tool?.name ?? '__unknown__';
  const caller = principal.name;
  const outcome = outcomeOf(result);
  const { exitCode } = result.structured;
  const finished = { correlationId, tool: name, caller, outcome, durationMs, queueMs, outputBytes };
  events.publish('call.finished', finished);
  const message = result.error?.message;
  logFinishedCall(logger, levelOf(finished), { ...finished, message: message && loggedMessage(message, request) });
  const ran = decision === 'allowed' ? tool : undefined;
  const confinement = confinementOf(ran);
  audit.record({
    correlationId,
    tool: name,
    caller,
    outcome,
    durationMs,
    queueMs,
    outputBytes,
    decision,
    ...(outcome === 'forbidden' && tool && reasonOf(principal, tool)),
    arguments: request.arguments,
    address: origin?.address,
    client: origin?.client,
    keyName: principal.keyName,
    confirmation,
    approvedBy,
    sandbox: confinement?.sandbox,
    targetsHeldBy: confinement?.targetsHeldBy,
    upstream: upstreamOf(ran),
    message,
    exitCode: typeof exitCode === 'number' ? exitCode : undefined,
  });
}

/** A log holds the values of arguments no more than an audit log by shape does. */
function loggedMessage(message: string, { arguments: values }: ToolCallRequest): string {
  return cleanText(maskedMessage(message, values), MAX_LOGGED_MESSAGE);
}

/** A tool may be forbidden for other reasons than the credential in use. */
function reasonOf(principal: Principal, { name }: Tool): Pick<AuditRecord, 'reason'> {
  return mayCall(principal, name) ? {} : { reason: `scope_missing:${scopeToCall(principal, name)}` };
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

function upstreamOf(tool: Tool | undefined): AuditedUpstream | undefined {
  const upstream = tool?.definition.upstream;
  return upstream && { name: upstream.name, tool: upstream.tool, era: upstream.era() };
}

function confinementOf(tool: Tool | undefined): Pick<AuditRecord, 'sandbox' | 'targetsHeldBy'> | undefined {
  const sandbox = tool?.definition.sandbox;
  if (!sandbox) return undefined;
  const status = tool.launcher?.sandboxOf?.(sandbox);
  return { sandbox: status?.level, targetsHeldBy: sandbox.network === 'targets' ? status?.network.by : undefined };
}
