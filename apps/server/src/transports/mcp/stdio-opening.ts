/**
 * The first messages of a connection over stdio, answered before the SDK is loaded: `server/discover`, the `initialize` of the
 * 2025 revisions, the first list of the 2026 revision. Only plain ones are; everything else loads the SDK, which then gets
 * the messages that were answered here, so that it knows what it would know had it answered them. Its answers to them are dropped.
 */
import { randomUUID } from 'node:crypto';

import type { ClientCapabilities, Implementation, RequestId } from '@modelcontextprotocol/server';

import type { Principal } from '../../access/principal.ts';
import { readInitialize } from './fast-path/plain-initialize.ts';
import { responseMessage } from './fast-path/result-text.ts';
import { isLookup } from './fast-path/fast-path-request.ts';
import type { StdioFastPath } from './fast-path/stdio-fast-path.ts';
import type { JsonObject } from './protocol/json-object.ts';
import { serverInfo, type ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import { LATEST_LEGACY_VERSION, LEGACY_VERSIONS } from './protocol/protocol-names.ts';
import { SERVER_CAPABILITIES } from './protocol/server-capabilities.ts';
import type { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import type { SdkConnection } from './sdk/stdio-sdk.ts';

export interface StdioOpeningOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly principal: Principal;
  readonly fastPath: StdioFastPath;
  readonly write: (line: string) => void;
}

/** What the connection is once its protocol era is known. */
export interface OpenedConnection {
  readonly era: 'legacy' | 'modern';
  readonly capabilities: ClientCapabilities | undefined;
  readonly client: Implementation | undefined;
}

export class StdioOpening {
  readonly #options: StdioOpeningOptions;
  /** What was answered here, in order; one of each method at most. */
  readonly #answered: JsonObject[] = [];
  readonly #replayed = new Map<RequestId, () => void>();
  #removeListener: (() => void) | undefined;

  constructor(options: StdioOpeningOptions) {
    this.#options = options;
  }

  /**
   * @param era of the connection, once it is known
   * @returns false for a message that the SDK must answer; otherwise it has been answered, and opened the connection or not yet
   */
  answer(message: JsonObject, era: OpenedConnection['era'] | undefined): OpenedConnection | boolean {
    if (era !== undefined) return era === 'legacy' && this.#takeInitialized(message);
    if (message['method'] === 'initialize') return this.#initialize(message);
    const { fastPath } = this.#options;
    const request = fastPath.recognise(message);
    if (request?.era !== 'modern' || request.method === 'tools/call' || isLookup(request)) return false;
    if (this.#has(request.method) || !fastPath.answerFirst(request)) return false;
    this.#answered.push(message);
    if (request.method === 'server/discover') return true;
    return { era: 'modern', capabilities: undefined, client: undefined };
  }

  /** The SDK has a protocol instance, which notifies the client from now on. */
  connected(): void {
    this.#removeListener?.();
  }

  /** Resolves when the SDK has answered everything that was answered here. */
  async replay(deliver: (message: JsonObject) => void): Promise<void> {
    const answers: Promise<void>[] = [];
    for (const message of this.#answered.splice(0)) {
      const isRequest = message['id'] !== undefined;
      const id = `opening:${randomUUID()}`;
      if (isRequest) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#replayed.set(id, resolve);
        answers.push(promise);
      }
      deliver(isRequest ? { ...message, id } : message);
    }
    await Promise.all(answers);
  }

  /** @returns true for the SDK's answer to a message that was answered here */
  takeResponse(id: RequestId): boolean {
    this.#replayed.get(id)?.();
    return this.#replayed.delete(id);
  }

  /** The connection has ended: nothing more will be answered. */
  end(): void {
    this.#removeListener?.();
    for (const id of this.#replayed.keys()) this.takeResponse(id);
  }

  #has(method: string): boolean {
    return this.#answered.some((message) => message['method'] === method);
  }

  #initialize(message: JsonObject): OpenedConnection | false {
    const given = readInitialize(message);
    if (given === undefined) return false;
    const { version, notifier, principal, write } = this.#options;
    const instructions = this.#options.instructions();
    const result = {
      protocolVersion: LEGACY_VERSIONS.has(given.protocolVersion) ? given.protocolVersion : LATEST_LEGACY_VERSION,
      capabilities: SERVER_CAPABILITIES,
      serverInfo: serverInfo(version),
      ...(instructions !== '' && { instructions }),
    };
    write(responseMessage(given.id, JSON.stringify(result)));
    this.#answered.push(message);
    this.#removeListener = notifier.add({
      principal,
      send({ kind }) {
        // It cannot have subscribed to a resource: the request for that is the SDK's.
        if (kind === 'resource_updated') return;
        const method = `notifications/${kind.replace('_list_changed', '/list_changed')}`;
        write(JSON.stringify({ jsonrpc: '2.0', method }));
      },
    });
    return { era: 'legacy', capabilities: given.capabilities, client: given.client };
  }

  #takeInitialized(message: JsonObject): boolean {
    const { id, method, params } = message;
    if (id !== undefined || method !== 'notifications/initialized' || this.#has(method)) return false;
    if (params !== undefined && Object.keys(params as object).length > 0) return false;
    this.#answered.push(message);
    return true;
  }
}

/** Until the SDK has an instance of its own. */
export function connectionOf({ era, capabilities, client }: OpenedConnection): SdkConnection {
  const server = { getClientCapabilities: () => capabilities, getClientVersion: () => client, transport: undefined };
  return { era, server };
}
