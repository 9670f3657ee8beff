/**
 * The SDK's transport of one session. In a cluster the requests that the server sends to the client have ids that name the process and
 * the protocol instance that sent them: every instance counts from 0, and the client answers wherever its load balancer sends it.
 */
import { randomBytes } from 'node:crypto';

import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  WebStandardStreamableHTTPServerTransport,
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  type JSONRPCResultResponse,
  type RequestId,
} from '@modelcontextprotocol/server';

export type ClientAnswer = JSONRPCResultResponse | JSONRPCErrorResponse;

export class SessionTransport extends WebStandardStreamableHTTPServerTransport {
  readonly #prefix: string;

  /** @param address of this process; undefined for a server that runs alone, whose clients see the ids of the SDK */
  constructor(sessionId: string, address: string | undefined) {
    super({ sessionIdGenerator: () => sessionId });
    this.#prefix = address === undefined ? '' : `${address}.${randomBytes(4).toString('hex')}.`;
  }

  override send(message: JSONRPCMessage, options?: { relatedRequestId?: RequestId }): Promise<void> {
    return super.send(this.#prefix === '' ? message : this.#marked(message), options);
  }

  /** The answer as the protocol instance knows it; undefined when another instance has asked. */
  unmarked(answer: ClientAnswer): ClientAnswer | undefined {
    const { id } = answer;
    if (this.#prefix === '') return answer;
    if (typeof id !== 'string' || !id.startsWith(this.#prefix)) return undefined;
    return { ...answer, id: Number(id.slice(this.#prefix.length)) };
  }

  #marked(message: JSONRPCMessage): JSONRPCMessage {
    const mark = (id: RequestId): string => `${this.#prefix}${id}`;
    if (isJSONRPCRequest(message)) return { ...message, id: mark(message.id) };
    if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return message;
    const { requestId, ...rest } = message.params ?? {};
    return { ...message, params: { ...rest, requestId: mark(requestId as RequestId) } };
  }
}

/** The address in the id of an answer; undefined for an id that no server of a cluster has made. */
export function addressIn({ id }: ClientAnswer): string | undefined {
  const [address, instance, number, ...more] = typeof id === 'string' ? id.split('.') : [];
  return address && instance && number && more.length === 0 ? address : undefined;
}

export function clientAnswer(body: unknown): ClientAnswer | undefined {
  return isJSONRPCResultResponse(body) || isJSONRPCErrorResponse(body) ? body : undefined;
}
