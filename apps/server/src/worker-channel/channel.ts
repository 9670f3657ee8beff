/**
 * Requests and notifications between the primary and a worker, over the IPC channel of node:cluster. What is sent within one
 * iteration of the event loop goes as one message: under load a message costs more than what it carries. Messages are JSON.
 */
import { systemClock, type Clock } from '../foundation/clock.ts';
import { setDeadline } from '../foundation/deadline.ts';

/** What both ends have: the object `process` in a worker, a worker of node:cluster in the primary. */
export interface MessagePort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

type Frame =
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: RemoteFailure }
  | { readonly kind: 'tell'; readonly name: string; readonly args: readonly unknown[] };

/** What is known of an error of the other process; the rest of it stays there, in its log. */
interface RemoteFailure {
  readonly message: string;
  readonly code?: string;
  readonly errstr?: string;
}

type Handler = (...args: never[]) => unknown;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly deadline: Disposable;
}

class ChannelTimeoutError extends Error {
  override readonly name = 'ChannelTimeoutError';
}

export class Channel implements Disposable {
  readonly #port: MessagePort;
  readonly #clock: Clock;
  readonly #handlers = new Map<string, Handler>();
  readonly #waiting = new Map<number, Waiting>();
  /** Notifications that came before this process listened, by name. */
  readonly #early = new Map<string, (readonly unknown[])[]>();
  #outgoing: Frame[] = [];
  #lastId = 0;
  #closed = false;

  constructor(port: MessagePort, clock: Clock = systemClock) {
    this.#port = port;
    this.#clock = clock;
    port.onMessage((message) => {
      for (const frame of framesOf(message)) this.#receive(frame);
    });
  }

  /** What this process does with requests and notifications of this name. */
  on(name: string, handler: Handler): void {
    this.#handlers.set(name, handler);
    for (const args of this.#early.get(name)?.splice(0) ?? []) handler(...(args as never[]));
  }

  /** @throws {ChannelTimeoutError} without an answer in time; {Error} with the message of what failed in the other process */
  async ask<T>(name: string, args: readonly unknown[], timeoutMs: number): Promise<T> {
    if (this.#closed) throw new Error('The other process has ended.');
    const id = ++this.#lastId;
    const answer = await new Promise((resolve, reject: (error: Error) => void) => {
      const deadline = setDeadline(this.#clock, timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new ChannelTimeoutError(`timeout: no answer within ${timeoutMs} ms`));
      });
      this.#waiting.set(id, { resolve, reject, deadline });
      this.#send({ kind: 'ask', id, name, args });
    });
    return answer as T;
  }

  tell(name: string, ...args: readonly unknown[]): void {
    this.#send({ kind: 'tell', name, args });
  }

  /** The other process has ended: every request to it is rejected. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const { reject, deadline } of this.#waiting.values()) {
      deadline[Symbol.dispose]();
      reject(new Error('The other process has ended.'));
    }
    this.#waiting.clear();
  }

  #send(frame: Frame): void {
    if (this.#closed) return;
    this.#outgoing.push(frame);
    if (this.#outgoing.length > 1) return;
    setImmediate(() => {
      const frames = this.#outgoing;
      this.#outgoing = [];
      if (!this.#closed) this.#port.send({ [MARK]: frames });
    });
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case 'tell':
        return this.#hear(frame);
      case 'ask':
        this.#handle(frame).then(
          (value) => this.#send({ kind: 'answer', id: frame.id, value }),
          (error: unknown) => this.#send({ kind: 'failure', id: frame.id, error: failureOf(error) }),
        );
        return;
      case 'answer':
      case 'failure': {
        const waiting = this.#waiting.get(frame.id);
        this.#waiting.delete(frame.id);
        waiting?.deadline[Symbol.dispose]();
        if (frame.kind === 'answer') waiting?.resolve(frame.value);
        else waiting?.reject(Object.assign(new Error(frame.error.message), frame.error));
      }
    }
  }

  #hear({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): void {
    const handler = this.#handlers.get(name);
    if (handler) handler(...(args as never[]));
    else this.#early.set(name, [...(this.#early.get(name) ?? []), args]);
  }

  async #handle({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): Promise<unknown> {
    const handler = this.#handlers.get(name);
    if (!handler) throw new Error(`nothing answers ${name}`);
    return handler(...(args as never[]));
  }
}

/** A module of the operator may use the IPC channel as well. */
const MARK = 'mcp-server';

function framesOf(message: unknown): readonly Frame[] {
  if (typeof message !== 'object' || message === null || !(MARK in message)) return [];
  return message[MARK] as readonly Frame[];
}

function failureOf(error: unknown): RemoteFailure {
  const { message, code, errstr } = (error ?? {}) as { message?: unknown; code?: unknown; errstr?: unknown };
  return {
    message: typeof message === 'string' ? message : 'failed',
    ...(typeof code === 'string' && { code }),
    ...(typeof errstr === 'string' && { errstr }),
  };
}
