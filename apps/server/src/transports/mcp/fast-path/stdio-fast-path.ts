/** The fast path over stdio: requests come and go as messages of one connection, and a client may cancel what runs. */
import { randomUUID } from 'node:crypto';

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import type { DeferredCall } from '../handoff/deferred-call.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import type { ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import type { RequestsInProgress } from '../protocol/requests-in-progress.ts';
import { CallsById } from './calls-by-id.ts';
import type { FastCallHandlers } from './fast-call.ts';
import { FastPath } from './fast-path.ts';
import {
  isLookup,
  type CacheableRequest,
  type FastLookup,
  type FastRequest,
  type FastToolCall,
} from './fast-path-request.ts';
import { responseMessage } from './result-text.ts';

export interface StdioFastPathOptions extends ProtocolDependencies {
  readonly principal: Principal;
  readonly requests: RequestsInProgress;
  readonly write: (line: string) => void;
  readonly toSdk: (message: JsonObject, deferredCall?: DeferredCall) => void;
}

type StdioClient = Pick<FastToolCall, 'capabilities' | 'client'>;

/** A cacheable request on its way through the SDK, under an id of this server. */
interface PendingCacheFill {
  readonly key: string;
  /** `undefined` once the client has cancelled its request. */
  clientId: RequestId | undefined;
}

export class StdioFastPath {
  readonly #options: StdioFastPathOptions;
  readonly #path: FastPath;
  readonly #calls = new CallsById();
  readonly #cacheFills = new Map<RequestId, PendingCacheFill>();
  readonly #handlers: FastCallHandlers = {
    answer: (call, result) => {
      const { id } = call.request;
      this.#calls.delete(id, call);
      this.#options.write(responseMessage(id, result));
    },
    defer: (call, deferredCall) => {
      const { id, message } = call.request;
      this.#calls.delete(id, call);
      this.#options.toSdk(message, deferredCall);
    },
  };

  constructor(options: StdioFastPathOptions) {
    this.#options = options;
    this.#path = new FastPath(options);
  }

  recognise(message: JsonObject): FastRequest | undefined {
    return this.#path.recognise(undefined, message, this.#options.principal);
  }

  /** @param client as its `initialize` described it */
  answer(request: FastRequest, client: StdioClient): void {
    // Two requests under one id: which of them a cancellation means is for the SDK to decide.
    this.#calls.defer(request.id);
    if (request.method === 'tools/call') this.#call(request, client);
    else if (isLookup(request)) void this.#lookUp(request);
    else this.#answerFromCache(request);
  }

  /** @returns whether the request, which the SDK has not seen an earlier one of, could be answered */
  answerFirst(request: CacheableRequest): boolean {
    const key = this.#path.cacheKey(request, this.#options.principal);
    const result = this.#path.cacheableResult(key, request, this.#options.principal);
    if (result !== undefined) this.#options.write(responseMessage(request.id, result));
    return result !== undefined;
  }

  /** A request with this id goes to the SDK, so the call that runs under the same id goes there first. */
  defer(id: RequestId): void {
    this.#calls.defer(id);
  }

  /** The SDK ends what it has been given. */
  cancel(id: unknown): void {
    this.#calls.defer(id as RequestId);
    for (const fill of this.#cacheFills.values()) if (fill.clientId === id) fill.clientId = undefined;
  }

  /** @returns true for the response to a request of this path: it is not for the client as it is */
  takeResponse(id: RequestId, response: JSONRPCMessage): boolean {
    const fill = this.#cacheFills.get(id);
    if (!fill) return false;
    this.#cacheFills.delete(id);
    if (fill.clientId !== undefined) this.#options.write(JSON.stringify({ ...response, id: fill.clientId }));
    if ('result' in response) this.#path.cache(fill.key, JSON.stringify(response.result));
    return true;
  }

  abortAll(): void {
    this.#calls.abortAll();
  }

  async #lookUp(request: FastLookup): Promise<void> {
    const { principal, requests, toSdk, write } = this.#options;
    const result = await requests.run(() => this.#path.lookUp(request, principal));
    if (result === undefined) toSdk(request.message);
    else write(responseMessage(request.id, result));
  }

  #answerFromCache(request: CacheableRequest): void {
    const key = this.#path.cacheKey(request, this.#options.principal);
    const result = this.#path.cacheableResult(key, request, this.#options.principal);
    if (result !== undefined) return this.#options.write(responseMessage(request.id, result));
    const id = `cache:${randomUUID()}`;
    this.#cacheFills.set(id, { key, clientId: request.id });
    this.#options.toSdk({ ...request.message, id });
  }

  #call(request: FastToolCall, { capabilities, client }: StdioClient): void {
    const given = {
      capabilities: request.capabilities ?? capabilities,
      origin: { client: request.client ?? client },
    };
    const call = this.#path.begin(request, this.#options.principal, given, this.#handlers);
    this.#calls.add(request.id, call);
  }
}
