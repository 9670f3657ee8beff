/**
 * The fast lane over stdio: stands between the lines and the SDK, as the SDK's transport. Plain requests are answered
 * here; every other message goes on to the SDK, in order, and so does all that decides about a connection: which era it
 * is of, what its client can do, what is cancelled. The rules of the lane over HTTP hold: what a plain request is, and
 * that a call that turns out not to be plain is handed over while it runs.
 */
import { randomUUID } from 'node:crypto';

import type { ToolResult } from '@mcp/tool-base';
import {
  parseJSONRPCMessage,
  type JSONRPCMessage,
  type RequestId,
  type Server,
  type Transport,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import { refusedEnvelope } from '../protocol/envelope.ts';
import { beginFastCall } from './fast-call.ts';
import { answerMessage, legacyEnding, modernEnding, plainResult, type ResultEnding } from './fast-path-answer.ts';
import { readFastRequest, type FastRequest, type FastToolCall } from './fast-path-request.ts';
import { handOverKey, type HandedOverCall } from '../handoff/call-handoffs.ts';
import { serverInfo, type ProtocolParts } from '../handoff/protocol-context.ts';
import { StdioLines, type StdioStreams } from './stdio-lines.ts';
import { bringsStructuredContent } from '../protocol/tool-result.ts';

export interface StdioFastLaneOptions extends ProtocolParts, StdioStreams {
  readonly principal: Principal;
}

/** The SDK's protocol instance at the other end. */
export interface SdkConnection {
  readonly era: FastRequest['era'];
  readonly server: Pick<Server, 'getClientCapabilities'>;
}

interface RunningCall {
  readonly stop: AbortController;
  readonly handOver: () => void;
  /** Answered, or handed over. */
  over: boolean;
}

/** A question with a standing answer, on its way to the SDK under an id of ours. */
interface Learning {
  readonly method: string;
  readonly registryVersion: number;
  /** `undefined` once the client has cancelled it. */
  asked: RequestId | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Requests that may be the one with which the SDK settles the era; a client that sends more stays with the SDK. */
const MAX_OPENING = 64;

export class StdioFastLane implements Transport {
  onmessage?: NonNullable<Transport['onmessage']>;
  onerror?: (error: Error) => void;
  onclose?: () => void;

  readonly #options: StdioFastLaneOptions;
  readonly #lines: StdioLines;
  readonly #ending: ResultEnding;
  /** Calls of this turn of the event loop, most of which end within it. A map of its own for each turn: see `RunningCalls`. */
  #begun = new Map<RequestId, RunningCall>();
  /** Calls of earlier turns. */
  readonly #running = new Map<RequestId, RunningCall>();
  readonly #standing = new Map<string, string>();
  readonly #learning = new Map<RequestId, Learning>();
  /** Requests sent on before the lane opened, any of which may open it. */
  readonly #opening = new Set<RequestId>();
  #connection: SdkConnection | undefined;
  /** The SDK has answered a request for good, so the era stays. */
  #settled = false;
  /** An `initialize` that the SDK has not answered: what the client can do is about to be said. */
  #initializing: RequestId | undefined;
  #registryVersion = -1;

  constructor(options: StdioFastLaneOptions) {
    this.#options = options;
    this.#ending = modernEnding(serverInfo(options.version));
    this.#lines = new StdioLines({
      ...options,
      onValue: (value) => this.#receive(value),
      onError: (error) => this.onerror?.(error),
      onBroken: () => this.#end(),
    });
  }

  /** The SDK has made a protocol instance; a later one replaces it. */
  connected(connection: SdkConnection): void {
    this.#connection = connection;
  }

  start(): Promise<void> {
    this.#lines.start();
    return Promise.resolve();
  }

  /** What the SDK has to say. */
  send(message: JSONRPCMessage): Promise<void> {
    if (this.#lines.closed) return Promise.reject(new Error('The connection over stdio is closed.'));
    const id = 'method' in message ? undefined : message.id;
    const learning = id === undefined ? undefined : this.#learning.get(id);
    if (id !== undefined && learning) {
      this.#learning.delete(id);
      this.#learn(learning, message);
      return this.#lines.writable;
    }
    if (id !== undefined) this.#noteAnswer(id, 'result' in message);
    this.#lines.write(JSON.stringify(message));
    return this.#lines.writable;
  }

  close(): Promise<void> {
    if (!this.#lines.closed) {
      this.#lines.close();
      this.#end();
    }
    return Promise.resolve();
  }

  #end(): void {
    for (const calls of [this.#begun, this.#running]) {
      for (const { stop, over } of calls.values()) if (!over) stop.abort();
      calls.clear();
    }
    this.onclose?.();
  }

  #receive(value: unknown): void {
    const request = this.#readPlain(value);
    if (request === undefined) return this.#sendOn(value);
    // Two at once under one id: which of them a cancellation means is for the SDK to say.
    this.#handOver(request.id);
    if (request.method === 'tools/call') this.#call(request, value as Json);
    else this.#stand(request, value as Json);
  }

  #readPlain(value: unknown): FastRequest | undefined {
    if (!this.#settled || this.#initializing !== undefined || refusedEnvelope(value) !== undefined) return undefined;
    const request = readFastRequest(undefined, value as Json);
    return request?.era === this.#connection?.era ? request : undefined;
  }

  #sendOn(value: unknown): void {
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch (error) {
      this.onerror?.(error as Error);
      return;
    }
    if ('method' in message) {
      if ('id' in message) this.#noteRequest(message.id, message.method);
      else if (message.method === 'notifications/cancelled') this.#noteCancelled(message.params?.['requestId']);
    }
    this.onmessage?.(message);
  }

  #noteRequest(id: RequestId, method: string): void {
    this.#handOver(id);
    if (method === 'initialize') this.#initializing = id;
    // The SDK may still change its mind about the era after this one.
    if (this.#settled || method === 'server/discover') return;
    if (this.#opening.size < MAX_OPENING) this.#opening.add(id);
  }

  #noteAnswer(id: RequestId, succeeded: boolean): void {
    if (id === this.#initializing) this.#initializing = undefined;
    if (this.#settled || !this.#opening.delete(id) || !succeeded) return;
    this.#settled = true;
    this.#opening.clear();
  }

  #noteCancelled(id: unknown): void {
    // What the SDK is given, it ends.
    this.#handOver(id as RequestId);
    for (const learning of this.#learning.values()) if (learning.asked === id) learning.asked = undefined;
  }

  /** What only changes with the registry. */
  #stand(request: FastRequest, message: Json): void {
    const { version } = this.#options.gateway.registry;
    if (version !== this.#registryVersion) {
      this.#standing.clear();
      this.#registryVersion = version;
    }
    const known = this.#standing.get(request.method);
    if (known !== undefined) return this.#lines.write(answerMessage(request.id, known));
    const id = `standing:${randomUUID()}`;
    this.#learning.set(id, { method: request.method, registryVersion: version, asked: request.id });
    this.#toSdk({ ...message, id });
  }

  #learn({ method, registryVersion, asked }: Learning, message: JSONRPCMessage): void {
    if (asked !== undefined) this.#lines.write(JSON.stringify({ ...message, id: asked }));
    if (!('result' in message) || registryVersion !== this.#registryVersion) return;
    this.#standing.set(method, JSON.stringify(message.result));
  }

  #call(request: FastToolCall, message: Json): void {
    const { gateway, handOvers, principal } = this.#options;
    const { id } = request;
    const capabilities = request.capabilities ?? this.#connection?.server.getClientCapabilities();
    const handOver = (): void => {
      if (running.over || this.#lines.closed) return;
      this.#leave(id, running);
      const token = randomUUID();
      handOvers.give(token, call);
      const params = message['params'] as Json;
      this.#toSdk({ ...message, params: { ...params, _meta: { ...(params['_meta'] as Json), [handOverKey]: token } } });
    };
    const { call, ended } = beginFastCall(request, { gateway, principal, capabilities, handOver });
    const running: RunningCall = { stop: call.stop, handOver, over: false };
    this.#enter(id, running);
    void ended.then((result) => {
      if (running.over) return;
      const text = this.#textOf(result, request, call);
      if (text === undefined) return handOver();
      this.#leave(id, running);
      this.#lines.write(answerMessage(id, text));
    });
  }

  #enter(id: RequestId, call: RunningCall): void {
    if (this.#begun.size === 0) setImmediate(this.#endTurn);
    this.#begun.set(id, call);
  }

  readonly #endTurn = (): void => {
    for (const [id, call] of this.#begun) if (!call.over) this.#running.set(id, call);
    this.#begun = new Map();
  };

  #leave(id: RequestId, call: RunningCall): void {
    call.over = true;
    if (this.#running.size > 0 && this.#running.get(id) === call) this.#running.delete(id);
  }

  #handOver(id: RequestId): void {
    this.#begun.get(id)?.handOver();
    this.#running.get(id)?.handOver();
  }

  #textOf(result: ToolResult, { era, name }: FastToolCall, call: HandedOverCall): string | undefined {
    if (era === 'legacy' && call.hasLogged) return undefined;
    const tool = this.#options.gateway.registry.get(name);
    return plainResult(result, bringsStructuredContent(result, tool), era === 'modern' ? this.#ending : legacyEnding);
  }

  #toSdk(message: Json): void {
    this.onmessage?.(message as unknown as JSONRPCMessage);
  }
}
