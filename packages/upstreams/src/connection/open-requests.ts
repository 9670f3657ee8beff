/**
 * The requests of one transport that have no answer yet. What answers a request of the SDK's client is taken apart by the method that it
 * answers, for the client; what answers one of `CallLane` goes to who sent it, as it came.
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';

import { ConnectionError } from './connection-error.ts';
import { errorAnswer } from './reserved-error.ts';
import { isMembers, takeApart, type Members } from './take-apart.ts';

const NO_ANSWER = 'The upstream answered with neither a result nor an error.';

export type RequestId = string | number;

/** What a text held. */
export interface ReadMessages {
  /** Messages in it, those too that went to who sent the request. */
  readonly count: number;
  readonly forClient: readonly JSONRPCMessage[];
  /** Answers among them to requests that were open. */
  readonly answers: number;
}

export class OpenRequests {
  readonly #isTaken: (message: Members) => boolean;
  /** Of the SDK's client. */
  readonly #methods = new Map<RequestId, string>();
  readonly #calls = new Map<RequestId, PromiseWithResolvers<Members>>();
  #answers = 0;

  /** @param isTaken whether a request or notification of the upstream need not be read any further */
  constructor(isTaken: (message: Members) => boolean) {
    this.#isTaken = isTaken;
  }

  /** @returns the id, if the message is a request */
  sent(message: JSONRPCMessage): RequestId | undefined {
    if (!('method' in message) || !('id' in message)) return undefined;
    this.#methods.set(message.id, message.method);
    return message.id;
  }

  /**
   * A request that is sent without the SDK's client.
   * @returns its answer, with a result or an error that can be read; rejects with a {@link ConnectionError} when there is none
   */
  expect(id: RequestId): Promise<Members> {
    const answer = Promise.withResolvers<Members>();
    // Whoever sent it may no longer wait for it.
    answer.promise.catch(() => undefined);
    this.#calls.set(id, answer);
    return answer.promise;
  }

  has(id: RequestId): boolean {
    return this.#methods.has(id) || this.#calls.has(id);
  }

  methodOf(id: RequestId): string | undefined {
    return this.#methods.get(id);
  }

  forget(id: RequestId): void {
    this.#methods.delete(id);
    this.#calls.delete(id);
  }

  /** @returns what the SDK's client is to get as the answer, if it waits for one */
  fail(id: RequestId, failure: ConnectionError): JSONRPCMessage | undefined {
    this.#calls.get(id)?.reject(failure);
    this.#calls.delete(id);
    return this.#methods.delete(id) ? errorAnswer(id, failure.kind, failure.message) : undefined;
  }

  /** No answer will come any more. The SDK's client has its own way to find out. */
  failAll(failure: ConnectionError): void {
    for (const { reject } of this.#calls.values()) reject(failure);
    this.#calls.clear();
  }

  read(text: string): ReadMessages {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return { count: 0, forClient: [], answers: 0 };
    }
    const messages = (Array.isArray(parsed) ? parsed : [parsed]).filter(isMembers);
    const readable = messages.filter(({ jsonrpc }) => jsonrpc === '2.0');
    const before = this.#answers;
    const forClient = readable.flatMap((message) => this.#receive(message) ?? []);
    return { count: readable.length, forClient, answers: this.#answers - before };
  }

  #receive(message: Members): JSONRPCMessage | undefined {
    if ('method' in message || message['id'] === undefined) {
      return this.#isTaken(message) ? undefined : (takeApart(message, undefined) as never);
    }
    const id = this.#idOf(message['id']);
    if (this.has(id)) this.#answers += 1;
    const call = this.#calls.get(id);
    const answer = { ...withoutNullMember(message), id };
    if (call === undefined) return this.#forClient(answer, id);
    this.#calls.delete(id);
    if (isReadable(answer)) call.resolve(answer);
    else call.reject(new ConnectionError('not_mcp', NO_ANSWER, { mayHaveRun: true }));
    return undefined;
  }

  #forClient(message: Members, id: RequestId): JSONRPCMessage {
    const method = this.#methods.get(id);
    this.#methods.delete(id);
    if (method !== undefined && !isReadable(message)) return errorAnswer(id, 'not_mcp', NO_ANSWER);
    return takeApart(message, method) as never;
  }

  /** Some servers answer with the id as text. */
  #idOf(given: unknown): RequestId {
    if (typeof given !== 'string' || given.length > 20) return given as RequestId;
    return this.has(Number(given)) ? Number(given) : given;
  }
}

/** As JSON-RPC 1.0 has it, some servers send both `result` and `error`, one of them null. */
function withoutNullMember(answer: Members): Members {
  if (answer['result'] !== null && answer['error'] !== null) return answer;
  const { result, error, ...rest } = answer;
  return { ...rest, ...(result !== null && { result }), ...(error !== null && { error }) };
}

/** What the SDK's client does not read it drops, and whoever waits for the answer waits on. */
function isReadable({ result, error }: Members): boolean {
  if (error === undefined) return isMembers(result);
  return (
    result === undefined && isMembers(error) && Number.isInteger(error['code']) && typeof error['message'] === 'string'
  );
}
