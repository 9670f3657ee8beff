/** The fast path over HTTP: one POST, one response. What it does not answer goes to the SDK. */
import type { Principal } from '../../../access/principal.ts';
import { atEndOfIteration } from '../../../foundation/end-of-iteration.ts';
import type { DeferredCall } from '../handoff/deferred-call.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import type { Sessions, UsedSession } from '../sdk/sessions/sessions.ts';
import type { FastCall, FastCallHandlers } from './fast-call.ts';
import { FastPath } from './fast-path.ts';
import { fastAnswer, overloadAnswer, resultOf, type FastAnswer } from './fast-path-answer.ts';
import {
  isLookup,
  toolCallParams,
  type CacheableRequest,
  type FastLookup,
  type FastToolCall,
  type RequestHeaders,
  type ToolCallParams,
} from './fast-path-request.ts';

/** A POST to the endpoint, parsed and authenticated. */
export interface McpPostRequest {
  readonly headers: RequestHeaders;
  readonly body: JsonObject;
  readonly principal: Principal;
  /** Of the network connection; undefined once it is closed. */
  readonly address: string | undefined;
  /** For the SDK. Costly, so it is made on demand. */
  readonly request: () => Request;
  /** Calls the listener when the client disconnects. @returns removes the listener */
  readonly onDisconnect: (listener: () => void) => () => void;
}

export interface HttpFastPathDependencies extends ProtocolDependencies {
  readonly sessions: Pick<Sessions, 'use'>;
  /** Answers with the SDK. */
  readonly sdk: (post: McpPostRequest, deferredCall?: DeferredCall) => Promise<Response>;
}

/** A 2025-era client gets its stream, with its keep-alive, when a call takes longer than this. @internal */
export const STREAM_AFTER_MS = 50;

export class HttpFastPath {
  readonly #dependencies: HttpFastPathDependencies;
  readonly #path: FastPath;

  constructor(dependencies: HttpFastPathDependencies) {
    this.#dependencies = dependencies;
    this.#path = new FastPath(dependencies);
  }

  serve(post: McpPostRequest): FastAnswer | Promise<FastAnswer | Response> {
    const { sdk, sessions, gateway } = this.#dependencies;
    if (gateway.isFullFor(post.principal)) {
      const params = toolCallParams(post.body);
      if (params) return this.#reject(post, params);
    }
    const request = this.#path.recognise(post.headers, post.body, post.principal);
    if (request === undefined) return sdk(post);
    const session =
      request.sessionId === undefined ? undefined : sessions.use(request.sessionId, post.principal, request.id);
    if (request.sessionId !== undefined && session === undefined) return sdk(post);
    if (isLookup(request)) return this.#lookUp(request, post);
    if (request.method !== 'tools/call') return this.#answerFromCache(request, post);
    return this.#call(request, post, session);
  }

  async #lookUp(request: FastLookup, post: McpPostRequest): Promise<FastAnswer | Response> {
    const result = await this.#path.lookUp(request, post.principal);
    return result === undefined ? this.#dependencies.sdk(post) : fastAnswer(request, result);
  }

  /** Before anything is allocated for the call, whichever path would have answered it. */
  #reject(
    { headers, body, principal, address }: McpPostRequest,
    { name, arguments: given, _meta }: ToolCallParams,
  ): FastAnswer {
    const traceparent = _meta?.['traceparent'] ?? headers['traceparent'];
    const { gateway } = this.#dependencies;
    const origin = { address };
    const { error } = gateway.rejectOverload({ name, arguments: given ?? {}, principal, origin, traceparent });
    return overloadAnswer(body['id'], error);
  }

  #answerFromCache(request: CacheableRequest, post: McpPostRequest): FastAnswer | Promise<FastAnswer | Response> {
    const key = this.#path.cacheKey(request, post.principal);
    const result = this.#path.cacheableResult(key, request, post.principal);
    return result === undefined ? this.#fillCache(key, request, post) : fastAnswer(request, result);
  }

  async #fillCache(key: string, request: CacheableRequest, post: McpPostRequest): Promise<FastAnswer | Response> {
    const response = await this.#dependencies.sdk(post);
    const text = await response.text();
    const result = response.status === 200 ? resultOf(text) : undefined;
    if (result === undefined) return new Response(text, response);
    this.#path.cache(key, result);
    return fastAnswer(request, result);
  }

  #call(request: FastToolCall, post: McpPostRequest, session: UsedSession | undefined): Promise<FastAnswer | Response> {
    return new Promise((resolve) => {
      const handlers = new HttpCall(request, post, session, this.#dependencies.sdk, resolve);
      const client = {
        capabilities: request.capabilities ?? session?.capabilities,
        origin: { address: post.address, client: request.client ?? session?.client },
      };
      handlers.wait(this.#path.begin(request, post.principal, client, handlers));
    });
  }
}

/** One call on its way to its answer. */
class HttpCall implements FastCallHandlers {
  readonly #request: FastToolCall;
  readonly #post: McpPostRequest;
  readonly #session: UsedSession | undefined;
  readonly #sdk: HttpFastPathDependencies['sdk'];
  readonly #resolve: (answer: FastAnswer | Response | Promise<Response>) => void;
  #removeListener: (() => void) | undefined;
  #held: Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    request: FastToolCall,
    post: McpPostRequest,
    session: UsedSession | undefined,
    sdk: HttpFastPathDependencies['sdk'],
    resolve: (answer: FastAnswer | Response | Promise<Response>) => void,
  ) {
    this.#request = request;
    this.#post = post;
    this.#session = session;
    this.#sdk = sdk;
    this.#resolve = resolve;
  }

  answer(_: FastCall, result: string): void {
    this.#release();
    this.#resolve(fastAnswer(this.#request, result));
  }

  defer(_: FastCall, deferredCall: DeferredCall): void {
    this.#release();
    this.#resolve(this.#sdk(this.#post, deferredCall));
  }

  cancelled(): void {
    this.#release();
    this.#resolve(noAnswer());
  }

  /** What the call needs when it is still going after everything that needs no waiting. */
  wait(call: FastCall): void {
    atEndOfIteration(() => {
      if (call.isSettled) return;
      this.#held = this.#session?.hold(this.#request.id, call);
      // Two requests under one id: which of them gets an answer is for the SDK to decide.
      if (this.#session !== undefined && this.#held === undefined) return call.defer();
      this.#removeListener = this.#post.onDisconnect(() => call.abort());
      if (this.#request.era === 'legacy') this.#timer = setTimeout(() => call.defer(), STREAM_AFTER_MS);
    });
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#removeListener?.();
    this.#held?.[Symbol.dispose]();
  }
}

/** As the SDK answers what the client has cancelled. */
function noAnswer(): Response {
  return new Response('', { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } });
}
