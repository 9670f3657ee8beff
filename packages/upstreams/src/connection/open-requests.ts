/** The requests of one transport that have no answer yet; what arrives is taken apart by the method that it answers. */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';

import { isMembers, takeApart, type Members } from './take-apart.ts';

export type RequestId = string | number;

export class OpenRequests {
  readonly #methods = new Map<RequestId, string>();

  /** @returns the id, if the message is a request */
  sent(message: JSONRPCMessage): RequestId | undefined {
    if (!('method' in message) || !('id' in message)) return undefined;
    this.#methods.set(message.id, message.method);
    return message.id;
  }

  has(id: RequestId): boolean {
    return this.#methods.has(id);
  }

  methodOf(id: RequestId): string | undefined {
    return this.#methods.get(id);
  }

  /** @returns whether it was open */
  forget(id: RequestId): boolean {
    return this.#methods.delete(id);
  }

  /** @returns the messages for the SDK's client; none if the text is no message */
  read(text: string): JSONRPCMessage[] {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return [];
    }
    const messages = (Array.isArray(parsed) ? parsed : [parsed]).filter(isMembers);
    return messages.filter(({ jsonrpc }) => jsonrpc === '2.0').map((message) => this.#takeApart(message));
  }

  #takeApart(message: Members): JSONRPCMessage {
    const id = message['id'] as RequestId | undefined;
    const isAnswer = id !== undefined && !('method' in message);
    const method = isAnswer ? this.#methods.get(id) : undefined;
    if (isAnswer) this.#methods.delete(id);
    return takeApart(message, method) as unknown as JSONRPCMessage;
  }
}
