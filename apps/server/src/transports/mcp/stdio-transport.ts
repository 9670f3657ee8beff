/**
 * The SDK's transport over stdio, with the fast path in front of it:
 *
 *   line -> invalid    -> error response
 *        -> recognised -> fast path -> response
 *        -> else       -> SDK       -> response
 *
 * Every valid message that the fast path does not recognise reaches the SDK in order, so the SDK alone decides the protocol
 * era, knows the capabilities of the client, and cancels what it runs.
 */
import {
  parseJSONRPCMessage,
  type JSONRPCMessage,
  type RequestId,
  type Server,
  type Transport,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../access/principal.ts';
import type { FastRequest } from './fast-path/fast-path-request.ts';
import { StdioFastPath } from './fast-path/stdio-fast-path.ts';
import type { DeferredCall } from './handoff/deferred-call.ts';
import { toAuthInfo } from './handoff/request-extra.ts';
import type { JsonObject } from './protocol/envelope.ts';
import type { ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import { listensToTasks, type FilterError } from './protocol/task-filter.ts';
import { StdioEra } from './stdio-era.ts';
import { invalidParams } from './sdk/request-params.ts';
import { StdioLines, type StdioStreams } from './stdio-lines.ts';
import { StdioTaskSubscriptions } from './stdio-task-subscriptions.ts';
import { INVALID_REQUEST, parseLine, type LineError } from './stdio-message.ts';

export interface StdioTransportOptions extends ProtocolDependencies, StdioStreams {
  readonly principal: Principal;
  /** A line was not a valid message. It has been answered, unless it was a notification or a response. */
  readonly onInvalidLine: (error: LineError) => void;
}

/** The SDK's protocol instance for the connection. */
export interface SdkConnection {
  readonly era: FastRequest['era'];
  readonly server: Pick<Server, 'getClientCapabilities' | 'getClientVersion' | 'transport'>;
}

export class StdioTransport implements Transport {
  onmessage?: NonNullable<Transport['onmessage']>;
  onerror?: (error: Error) => void;
  onclose?: () => void;

  readonly #onInvalidLine: StdioTransportOptions['onInvalidLine'];
  readonly #lines: StdioLines;
  readonly #fastPath: StdioFastPath;
  readonly #tasks: StdioTaskSubscriptions;
  readonly #era = new StdioEra();
  #connection: SdkConnection | undefined;

  constructor(options: StdioTransportOptions) {
    this.#onInvalidLine = options.onInvalidLine;
    this.#lines = new StdioLines({
      ...options,
      onLine: (line) => this.#receive(line),
      onTooLong: (maxLineBytes) => this.#reject(tooLong(maxLineBytes)),
      onError: (error) => this.onerror?.(error),
      onBroken: () => this.#end(),
    });
    this.#fastPath = new StdioFastPath({
      ...options,
      write: (line) => this.#lines.write(line),
      toSdk: (message, deferredCall) => this.#toSdk(message as unknown as JSONRPCMessage, deferredCall),
    });
    this.#tasks = new StdioTaskSubscriptions({
      ...options,
      write: (message) => this.#lines.write(JSON.stringify(message)),
      writable: () => this.#lines.writable,
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

  /** Called by the SDK. */
  send(message: JSONRPCMessage): Promise<void> {
    if (this.#lines.closed) return Promise.reject(new Error('The connection over stdio is closed.'));
    const id = 'method' in message ? undefined : message.id;
    if (id !== undefined) {
      if (this.#fastPath.takeResponse(id, message)) return this.#lines.writable;
      this.#era.answered(id, 'result' in message);
      this.#tasks.end(id);
    }
    this.#lines.write(JSON.stringify(this.#tasks.outgoing(message)));
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
    this.#fastPath.abortAll();
    this.#tasks[Symbol.dispose]();
    this.onclose?.();
  }

  #receive(line: string): void {
    const parsed = parseLine(line);
    if (parsed === undefined) return;
    if (!parsed.ok) return this.#reject(parsed.error);
    const request = this.#recognise(parsed.message);
    if (request === undefined) return this.#forward(parsed.message);
    const { server } = this.#connection ?? {};
    this.#fastPath.answer(request, {
      capabilities: server?.getClientCapabilities(),
      client: server?.getClientVersion(),
    });
  }

  #recognise(message: JsonObject): FastRequest | undefined {
    if (!this.#era.isSettled) return undefined;
    const request = this.#fastPath.recognise(message);
    return request?.era === this.#connection?.era ? request : undefined;
  }

  #forward(value: JsonObject): void {
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch {
      return this.#reject(notMcp(value));
    }
    if ('method' in message) {
      if ('id' in message) {
        const problem = invalidParams(value);
        if (problem !== undefined) return this.#lines.write(errorLine(JSON.stringify(message.id), problem));
        this.#fastPath.defer(message.id);
        this.#era.requested(message.id, message.method);
        if (this.#connection?.era === 'modern' && listensToTasks(value)) return void this.#listen(value, message.id);
      } else if (message.method === 'notifications/cancelled') this.#cancel(message.params?.['requestId']);
    }
    this.#toSdk(message);
  }

  async #listen(request: JsonObject, id: RequestId): Promise<void> {
    const filtered = await this.#tasks.listen(request);
    if ('code' in filtered) this.#lines.write(errorLine(JSON.stringify(id), filtered as FilterError));
    else this.#toSdk(filtered as unknown as JSONRPCMessage);
  }

  #reject(error: LineError): void {
    const { code, message, id } = error;
    this.#onInvalidLine(error);
    if (id !== undefined) this.#lines.write(errorLine(id, { code, message }));
  }

  #cancel(id: unknown): void {
    this.#fastPath.cancel(id);
    this.#tasks.end(id);
    this.#era.cancelled(id as RequestId);
  }

  #toSdk(message: JSONRPCMessage, deferredCall?: DeferredCall): void {
    if (deferredCall === undefined) return this.onmessage?.(message);
    if (this.#lines.closed) return;
    // `serveStdio` forwards a message without what accompanies it, so this goes to its protocol instance directly.
    this.#connection?.server.transport?.onmessage?.(message, { authInfo: toAuthInfo({ deferredCall }) });
  }
}

/** @param id as JSON text */
function errorLine(id: string, error: { readonly code: number; readonly message: string }): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`;
}

function tooLong(maxLineBytes: number): LineError {
  const message = `A line may have at most ${maxLineBytes} bytes; a longer one was skipped.`;
  return { code: INVALID_REQUEST, message, id: 'null' };
}

/** For a JSON-RPC message whose members the SDK rejects, such as `_meta` that is no object. */
function notMcp({ id, method }: JsonObject): LineError {
  const isRequest = id !== undefined && method !== undefined;
  const message = 'The message is valid JSON-RPC but not a valid MCP message; check the members of params.';
  return { code: INVALID_REQUEST, message, id: isRequest ? JSON.stringify(id) : undefined };
}
