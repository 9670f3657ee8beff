/**
 * The SDK's transport over stdio, with the fast path in front of it:
 *
 *   line -> recognised -> fast path -> line
 *        -> else       -> SDK       -> line
 *
 * Everything but what the fast path recognises reaches the SDK in order, so the SDK alone decides the protocol era, keeps
 * what the client can do, and cancels what it runs.
 */
import {
  parseJSONRPCMessage,
  type JSONRPCMessage,
  type RequestId,
  type Server,
  type Transport,
} from '@modelcontextprotocol/server';

import type { Principal } from '../../access/principal.ts';
import type { FastRequest, JsonObject } from './fast-path/fast-path-request.ts';
import { StdioFastPath } from './fast-path/stdio-fast-path.ts';
import type { DeferredCall } from './handoff/deferred-call.ts';
import { toAuthInfo } from './handoff/request-extra.ts';
import { envelopeError } from './protocol/envelope.ts';
import type { ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import { StdioEra } from './stdio-era.ts';
import { StdioLines, type StdioStreams } from './stdio-lines.ts';

export interface StdioTransportOptions extends ProtocolDependencies, StdioStreams {
  readonly principal: Principal;
}

/** The SDK's protocol instance for the connection. */
export interface SdkConnection {
  readonly era: FastRequest['era'];
  readonly server: Pick<Server, 'getClientCapabilities' | 'transport'>;
}

export class StdioTransport implements Transport {
  onmessage?: NonNullable<Transport['onmessage']>;
  onerror?: (error: Error) => void;
  onclose?: () => void;

  readonly #lines: StdioLines;
  readonly #fastPath: StdioFastPath;
  readonly #era = new StdioEra();
  #connection: SdkConnection | undefined;

  constructor(options: StdioTransportOptions) {
    this.#lines = new StdioLines({
      ...options,
      onValue: (value) => this.#receive(value),
      onError: (error) => this.onerror?.(error),
      onBroken: () => this.#end(),
    });
    this.#fastPath = new StdioFastPath({
      ...options,
      write: (line) => this.#lines.write(line),
      toSdk: (message, deferredCall) => this.#toSdk(message as unknown as JSONRPCMessage, deferredCall),
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
    }
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
    this.#fastPath.abortAll();
    this.onclose?.();
  }

  #receive(value: unknown): void {
    const request = this.#recognise(value);
    if (request === undefined) return this.#forward(value);
    this.#fastPath.answer(request, value as JsonObject, this.#connection?.server.getClientCapabilities());
  }

  #recognise(value: unknown): FastRequest | undefined {
    if (!this.#era.isSettled || envelopeError(value) !== undefined) return undefined;
    const request = this.#fastPath.recognise(value as JsonObject);
    return request?.era === this.#connection?.era ? request : undefined;
  }

  #forward(value: unknown): void {
    let message: JSONRPCMessage;
    try {
      message = parseJSONRPCMessage(value);
    } catch (error) {
      this.onerror?.(error as Error);
      return;
    }
    if ('method' in message) {
      if ('id' in message) {
        this.#fastPath.defer(message.id);
        this.#era.requested(message.id, message.method);
      } else if (message.method === 'notifications/cancelled') this.#cancel(message.params?.['requestId']);
    }
    this.#toSdk(message);
  }

  #cancel(id: unknown): void {
    this.#fastPath.cancel(id);
    this.#era.cancelled(id as RequestId);
  }

  #toSdk(message: JSONRPCMessage, deferredCall?: DeferredCall): void {
    if (deferredCall === undefined) return this.onmessage?.(message);
    if (this.#lines.closed) return;
    // `serveStdio` forwards a message without what accompanies it, so this goes to its protocol instance directly.
    this.#connection?.server.transport?.onmessage?.(message, { authInfo: toAuthInfo({ deferredCall }) });
  }
}
