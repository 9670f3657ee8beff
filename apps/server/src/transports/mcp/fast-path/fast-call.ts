import type { ToolResult } from '@mcp/tool-base';
import type { ClientCapabilities } from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import type { CallOrigin } from '../../../calls/tool-call-request.ts';
import { ClientInputRequests } from '../client-input/client-input-requests.ts';
import { DeferredCall } from '../handoff/deferred-call.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import type { FastToolCall } from './fast-path-request.ts';
import { legacyResultSuffix, plainResult, type ResultSuffix } from './result-text.ts';

/** What all calls of a fast path share. */
export interface FastCallDependencies extends Pick<ProtocolDependencies, 'gateway'> {
  readonly modernSuffix: ResultSuffix;
}

export interface FastCallClient {
  /** What it can be asked for. */
  readonly capabilities: ClientCapabilities | undefined;
  readonly origin: CallOrigin;
}

/** Shared by the calls of a connection, so that a call needs no functions of its own. */
export interface FastCallHandlers {
  /** @param result the member `result` as JSON */
  answer(call: FastCall, result: string): void;
  /** The SDK has to answer: it is given the request together with the call that runs for it. */
  defer(call: FastCall, deferredCall: DeferredCall): void;
  /** The client no longer wants an answer. @default never called */
  cancelled?(call: FastCall): void;
}

/** A running call of the fast path; answered or deferred once. */
export class FastCall {
  readonly request: FastToolCall;
  readonly #handlers: FastCallHandlers;
  readonly #dependencies: FastCallDependencies;
  readonly #call: DeferredCall;
  readonly #client: CallOrigin['client'];
  #settled = false;

  constructor(
    request: FastToolCall,
    principal: Principal,
    { capabilities, origin }: FastCallClient,
    handlers: FastCallHandlers,
    dependencies: FastCallDependencies,
  ) {
    this.request = request;
    this.#handlers = handlers;
    this.#dependencies = dependencies;
    this.#client = origin.client;
    const { era, name, arguments: given, traceparent, tracestate, sessionId } = request;
    const subject = ['tools/call', name, given];
    const clientInput = new ClientInputRequests({ subject, capabilities, round: undefined, responses: undefined });
    // A tool may log without awaiting anything: what it does before its first await must come before the SDK joins.
    const call = new DeferredCall(clientInput, () => void (era === 'legacy' && setImmediate(() => this.defer())));
    this.#call = call;
    call.result = dependencies.gateway.call({
      name,
      arguments: given ?? {},
      principal,
      origin,
      session: sessionId,
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
  defer(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#handlers.defer(this, this.#call);
  }

  /** Ends it without an answer; does nothing once the call is settled. */
  cancel(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.abort();
    this.#handlers.cancelled?.(this);
  }

  abort(): void {
    this.#call.abortController.abort();
  }

  #finish(result: ToolResult): void {
    if (this.#settled) return;
    const text = this.#textOf(result);
    if (text === undefined) return this.defer();
    this.#settled = true;
    this.#handlers.answer(this, text);
  }

  /** undefined where the SDK has to write the result. */
  #textOf(result: ToolResult): string | undefined {
    const { era, name, arguments: given } = this.request;
    if (era === 'legacy' && this.#call.hasLogged) return undefined;
    const { gateway, modernSuffix } = this.#dependencies;
    const suffix = era === 'modern' ? modernSuffix : legacyResultSuffix;
    return plainResult(result, gateway.toolOf(name, given), this.#client, suffix);
  }
}
