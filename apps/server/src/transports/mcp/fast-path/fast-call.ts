import type { ToolResult } from '@mcp/tool-base';
import type { ClientCapabilities } from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import { ClientInputRequests } from '../client-input/client-input-requests.ts';
import { DeferredCall } from '../handoff/deferred-call.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { ResultSerializationError, unserializableResult } from '../protocol/tool-result.ts';
import type { FastToolCall } from './fast-path-request.ts';
import { legacyResultSuffix, plainResult, type ResultSuffix } from './result-text.ts';

export interface FastPathCaller {
  readonly principal: Principal;
  /** What the client can be asked for. */
  readonly capabilities: ClientCapabilities | undefined;
}

export interface FastCallHandlers {
  /** @param result the member `result` as JSON */
  answer(result: string): void;
  /** The SDK has to answer: it is given the request together with the call that runs for it. */
  defer(call: DeferredCall): void;
}

/** A running call of the fast path; answered or deferred once. */
export class FastCall {
  readonly #request: FastToolCall;
  readonly #handlers: FastCallHandlers;
  readonly #gateway: ToolGateway;
  readonly #onError: ProtocolDependencies['onError'];
  readonly #modernSuffix: ResultSuffix;
  readonly #call: DeferredCall;
  #settled = false;

  constructor(
    request: FastToolCall,
    { principal, capabilities }: FastPathCaller,
    handlers: FastCallHandlers,
    { gateway, onError }: Pick<ProtocolDependencies, 'gateway' | 'onError'>,
    modernSuffix: ResultSuffix,
  ) {
    this.#request = request;
    this.#handlers = handlers;
    this.#gateway = gateway;
    this.#onError = onError;
    this.#modernSuffix = modernSuffix;
    const { era, name, arguments: given, traceparent, tracestate } = request;
    const subject = ['tools/call', name, given];
    const clientInput = new ClientInputRequests({ subject, capabilities, round: undefined, responses: undefined });
    // A tool may log without awaiting anything: what it does before its first await must come before the SDK joins.
    const call = new DeferredCall(clientInput, () => void (era === 'legacy' && setImmediate(this.defer)));
    this.#call = call;
    call.result = gateway.call({
      name,
      arguments: given ?? {},
      principal,
      abortController: call.abortController,
      log: call,
      traceparent,
      tracestate,
      clientInput,
    });
    void call.result.then((result) => this.#finish(result));
  }

  /** Answered or deferred. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** Does nothing once the call is settled. */
  readonly defer = (): void => {
    if (this.#settled) return;
    this.#settled = true;
    this.#handlers.defer(this.#call);
  };

  abort(): void {
    this.#call.abortController.abort();
  }

  #finish(result: ToolResult): void {
    if (this.#settled) return;
    let text: string | undefined;
    try {
      text = this.#textOf(result);
    } catch (error) {
      this.#onError(new ResultSerializationError(result.meta.correlationId, error));
      text = this.#textOf(unserializableResult(result));
    }
    if (text === undefined) return this.defer();
    this.#settled = true;
    this.#handlers.answer(text);
  }

  /** undefined where the SDK has to write the result. */
  #textOf(result: ToolResult): string | undefined {
    const { era, name } = this.#request;
    if (era === 'legacy' && this.#call.hasLogged) return undefined;
    const suffix = era === 'modern' ? this.#modernSuffix : legacyResultSuffix;
    return plainResult(result, this.#gateway.registry.get(name), suffix);
  }
}
