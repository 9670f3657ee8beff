/**
 * The fast lane: plain requests are answered here, without a protocol instance, without copies of the request and with one
 * serialisation. It has no opinion of its own: what it does not recognise goes to the SDK, what the SDK answered to a
 * question with a standing answer is remembered, and a call that turns out not to be plain is handed over while it runs.
 */
import type { ToolResult } from '@mcp/tool-base';

import type { Principal } from '../../../access/principal.ts';
import { beginFastCall } from './fast-call.ts';
import {
  fastAnswer,
  legacyEnding,
  modernEnding,
  overloadAnswer,
  plainResult,
  resultOf,
  type FastAnswer,
  type ResultEnding,
} from './fast-path-answer.ts';
import {
  isObject,
  readFastRequest,
  type FastRequest,
  type FastToolCall,
  type RequestHeaders,
} from './fast-path-request.ts';
import type { HandedOverCall } from '../handoff/call-handoffs.ts';
import { serverInfo, type ProtocolParts } from '../handoff/protocol-context.ts';
import type { Sessions } from '../sdk/sessions.ts';
import { bringsStructuredContent } from '../protocol/tool-result.ts';

/** One POST to the endpoint, read and authenticated. */
export interface Exchange {
  readonly headers: RequestHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** For the SDK. Costly, so it is made only when asked for. */
  readonly request: () => Request;
  /** Calls the listener when the client goes away. @returns what stops listening */
  readonly onGone: (listener: () => void) => () => void;
}

export interface FastLaneParts extends ProtocolParts {
  readonly sessions: Pick<Sessions, 'use'>;
  /** The other way. */
  readonly sdk: (exchange: Exchange) => Promise<Response>;
}

/** What can be told of a call that goes no further. */
interface CallParams {
  readonly name: string;
  readonly arguments?: unknown;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
}

/** Clients of the 2025 era are given their stream, with its keep-alive, when a call takes longer than this. */
const STREAM_AFTER_MS = 50;
const MAX_STANDING_ANSWERS = 64;

export class HttpFastLane {
  readonly #parts: FastLaneParts;
  readonly #ending: ResultEnding;
  /** Oldest first. */
  readonly #standing = new Map<string, string>();

  constructor(parts: FastLaneParts) {
    this.#parts = parts;
    this.#ending = modernEnding(serverInfo(parts.version));
  }

  serve(exchange: Exchange): FastAnswer | Promise<FastAnswer | Response> {
    const { sdk, sessions, gateway } = this.#parts;
    if (gateway.isFull) {
      const params = toolCallParams(exchange.body);
      if (params) return this.#turnAway(exchange, params);
    }
    const request = readFastRequest(exchange.headers, exchange.body);
    if (request === undefined) return sdk(exchange);
    const session = request.sessionId === undefined ? undefined : sessions.use(request.sessionId, exchange.principal);
    if (request.sessionId !== undefined && session === undefined) return sdk(exchange);
    if (request.method !== 'tools/call') return this.#stand(request, exchange);
    const { listing } = this.#parts;
    // Arguments that have to be repeated in headers are rare; comparing them is the SDK's.
    if (listing.headerSchema(request.name, exchange.principal) !== undefined) return sdk(exchange);
    return this.#call(request, exchange, request.capabilities ?? session?.capabilities);
  }

  /** Before anything is made for the call, whichever way it would have gone. */
  #turnAway({ headers, body, principal }: Exchange, { name, arguments: given, _meta }: CallParams): FastAnswer {
    const traceparent = _meta?.['traceparent'] ?? headers['traceparent'];
    const { error } = this.#parts.gateway.turnAway({ name, arguments: given ?? {}, principal, traceparent });
    return overloadAnswer(body['id'], error);
  }

  /** What only changes with the registry, the scopes and the configuration. */
  #stand(request: FastRequest, exchange: Exchange): FastAnswer | Promise<FastAnswer | Response> {
    const { gateway, instructions } = this.#parts;
    const { scopes } = exchange.principal;
    const told = request.method === 'server/discover' ? instructions() : '';
    const key = `${request.method} ${request.era} ${gateway.registry.version} ${scopes.join(' ')}\n${told}`;
    const known = this.#standing.get(key);
    return known === undefined ? this.#learn(key, request, exchange) : fastAnswer(request, known);
  }

  async #learn(key: string, request: FastRequest, exchange: Exchange): Promise<FastAnswer | Response> {
    const response = await this.#parts.sdk(exchange);
    const text = await response.text();
    const result = response.status === 200 ? resultOf(text) : undefined;
    if (result === undefined) return new Response(text, response);
    const [oldest] = this.#standing.keys();
    if (this.#standing.size >= MAX_STANDING_ANSWERS && oldest !== undefined) this.#standing.delete(oldest);
    this.#standing.set(key, result);
    return fastAnswer(request, result);
  }

  #call(
    request: FastToolCall,
    exchange: Exchange,
    capabilities: FastToolCall['capabilities'],
  ): Promise<FastAnswer | Response> {
    const { gateway, sdk, handOvers } = this.#parts;
    const { era, sessionId } = request;
    return new Promise((resolve) => {
      let settled = false;
      let stopListening: (() => void) | undefined;
      let timer: NodeJS.Timeout | undefined;
      const settle = (answer: FastAnswer | Promise<Response>): void => {
        if (settled) return;
        settled = true;
        clearImmediate(waiting);
        clearTimeout(timer);
        stopListening?.();
        resolve(answer);
      };
      const handOver = (): void => {
        if (settled) return;
        handOvers.give(exchange.request(), call);
        settle(sdk(exchange));
      };
      // Runs only when the call is still going once everything that needs no waiting is done.
      const waiting = setImmediate(() => {
        // In a session a client may cancel what runs, which it tells the SDK.
        if (sessionId !== undefined) return handOver();
        stopListening = exchange.onGone(() => call.stop.abort());
        if (era === 'legacy') timer = setTimeout(handOver, STREAM_AFTER_MS);
      });
      const { call, ended } = beginFastCall(request, {
        gateway,
        principal: exchange.principal,
        capabilities,
        handOver,
      });
      void ended.then((result) => {
        const text = this.#textOf(result, request, call);
        if (text === undefined) handOver();
        else settle(fastAnswer(request, text));
      });
    });
  }

  #textOf(result: ToolResult, { era, name }: FastToolCall, call: HandedOverCall): string | undefined {
    if (era === 'legacy' && call.hasLogged) return undefined;
    const tool = this.#parts.gateway.registry.get(name);
    return plainResult(result, bringsStructuredContent(result, tool), era === 'modern' ? this.#ending : legacyEnding);
  }
}

/** undefined for whatever is no request to call a tool: the SDK says what is wrong with it. */
function toolCallParams({ id, method, params }: Exchange['body']): CallParams | undefined {
  if (method !== 'tools/call' || id === undefined) return undefined;
  const { name, arguments: given, _meta } = (params ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string') return undefined;
  return { name, arguments: given, _meta: isObject(_meta) ? _meta : undefined };
}
