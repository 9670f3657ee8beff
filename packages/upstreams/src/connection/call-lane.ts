/**
 * Calls of tools past the SDK's client. It checks each message several times and copies it, which costs more than everything else that
 * a call does here; a call needs no more than its answer and its progress. The client keeps the rest of the connection: the era, lists,
 * notifications, requests of the upstream.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  type JSONRPCMessage,
} from '@modelcontextprotocol/client';

import type { RequestId } from './open-requests.ts';
import { isMembers, type Members } from './take-apart.ts';

export interface CallMessage {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly method: 'tools/call';
  readonly params: Members;
}

/** What a transport does for it. */
export interface CallTransport {
  /**
   * Sends the request, and resolves with the message that answers it; no longer waits when the signal is aborted.
   * @throws {ConnectionError} or an error of the SDK for a response that is none of MCP
   */
  exchange(message: CallMessage, signal: AbortSignal): Promise<Members>;
  /** Sends a notification. */
  send(message: JSONRPCMessage): Promise<void>;
  /** Called with each request and notification of the upstream. @returns whether the SDK's client need not see it */
  onunasked?: ((message: Members) => boolean) | undefined;
}

export interface CallLaneOptions {
  readonly transport: CallTransport;
  /** The members of `_meta` that each request of the 2026 revision has; undefined in the 2025 era. */
  readonly envelope: Members | undefined;
  /** Whether the upstream is informed by a message that nobody waits for an answer; else it sees that the response is not read. */
  readonly sendsCancellations: boolean;
}

/** Far from the ids of the SDK's client, which begin at 0; a number, because some servers take no other. */
const FIRST_ID = 2 ** 30;

export class CallLane {
  readonly #options: CallLaneOptions;
  #next = FIRST_ID;

  constructor(options: CallLaneOptions) {
    this.#options = options;
  }

  /**
   * @returns the result as the upstream sent it
   * @throws {ProtocolError} for an error that the upstream sent; else what the transport throws, or the reason of the signal
   */
  async call(params: Members, signal: AbortSignal): Promise<Members> {
    signal.throwIfAborted();
    const { transport, envelope, sendsCancellations } = this.#options;
    const id = this.#next;
    this.#next += 1;
    const answered = Promise.withResolvers<Members>();
    const onAbort = (): void => {
      answered.reject(signal.reason);
      if (sendsCancellations) transport.send(this.#cancellation(id)).catch(() => undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const message = { jsonrpc: '2.0', id, method: 'tools/call', params: enveloped(params, envelope) } as const;
      transport.exchange(message, signal).then(answered.resolve, answered.reject);
      const { error, result } = await answered.promise;
      if (!isMembers(error)) return result as Members;
      throw ProtocolError.fromError(error['code'] as number, error['message'] as string, error['data']);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #cancellation(requestId: RequestId): JSONRPCMessage {
    const params = enveloped({ requestId, reason: 'The caller no longer waits.' }, this.#options.envelope);
    return { jsonrpc: '2.0', method: 'notifications/cancelled', params };
  }
}

/** The members of `_meta` as the SDK's client sets them. */
export function envelopeOf(version: string | undefined, client: object): Members {
  return {
    [PROTOCOL_VERSION_META_KEY]: version,
    [CLIENT_INFO_META_KEY]: client,
    [CLIENT_CAPABILITIES_META_KEY]: {},
  };
}

function enveloped(params: Members, envelope: Members | undefined): Members {
  if (envelope === undefined) return params;
  return { ...params, _meta: { ...envelope, ...(params['_meta'] as Members | undefined) } };
}
