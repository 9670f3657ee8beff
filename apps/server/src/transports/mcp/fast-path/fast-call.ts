import type { ToolResult } from '@mcp/tool-base';

import type { Principal } from '../../../access/principal.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import { ClientQuestions } from '../client-input/client-input-requests.ts';
import type { FastToolCall } from './fast-path-request.ts';
import { HandedOverCall } from '../handoff/call-handoffs.ts';

export interface FastCallOptions {
  readonly gateway: ToolGateway;
  readonly principal: Principal;
  /** What the client can be asked. */
  readonly capabilities: FastToolCall['capabilities'];
  /** Gives the call to the SDK. */
  readonly handOver: () => void;
}

export interface FastCall {
  readonly call: HandedOverCall;
  readonly ended: Promise<ToolResult>;
}

/** Begins a call that the fast lane may finish, and that the SDK finishes otherwise. */
export function beginFastCall(request: FastToolCall, options: FastCallOptions): FastCall {
  const { gateway, principal, capabilities, handOver } = options;
  const { era, name, arguments: given, traceparent, tracestate } = request;
  // A tool that logs without waiting hands over in the middle of its own run: the rest of it must come first.
  const onLog = (): void => void (era === 'legacy' && setImmediate(handOver));
  const subject = ['tools/call', name, given];
  const questions = new ClientQuestions({ subject, capabilities, round: undefined, responses: undefined });
  const call = new HandedOverCall(questions, onLog);
  const ended = gateway.call({
    name,
    arguments: given ?? {},
    principal,
    stop: call.stop,
    log: call,
    traceparent,
    tracestate,
    clientInput: questions,
  });
  call.result = ended;
  return { call, ended };
}
