/**
 * Requests and notifications between the primary and a worker, over the IPC channel of node:cluster. What is sent within one
 * iteration of the event loop goes as one message: under load a message costs more than what it carries. Messages are JSON, in which
 * secrets are masked; a long text goes beside it, because as a part of it each of its quotes would be escaped.
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

interface Asked {
  readonly name: string;
  readonly args: readonly unknown[];
}

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
  /** Of requests in `#outgoing`, by their id. */
  #outgoingTexts: [id: number, text: string][] = [];
  #lastId = 0;
  #closed = false;

  constructor(port: MessagePort, clock: Clock = systemClock) {
    this.#port = port;
    this.#clock = clock;
    port.onMessage((message) => {
      const { frames, texts } = contentOf(message);
      for (const frame of frames) this.#receive(frame, texts);
    });
  }

  /** What this process does with requests and notifications of this name. */
  on(name: string, handler: Handler): void {
    this.#handlers.set(name, handler);
    for (const args of this.#early.get(name)?.splice(0) ?? []) handler(...(args as never[]));
  }

  /**
   * @param text what the handler is called with after `args`, and which is not made a part of any JSON
   * @throws {ChannelTimeoutError} without an answer in time; {Error} with the message of what failed in the other process
   */
  async ask<T>(name: string, args: readonly unknown[], timeoutMs: number, text?: string): Promise<T> {
    if (this.#closed) throw new Error('The other process has ended.');
    const id = ++this.#lastId;
    const answer = await new Promise((resolve, reject: (error: Error) => void) => {
      const deadline = setDeadline(this.#clock, timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new ChannelTimeoutError(`timeout: no answer within ${timeoutMs} ms`));
      });
      this.#waiting.set(id, { resolve, reject, deadline });
      if (text !== undefined) this.#outgoingTexts.push([id, text]);
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
      const [frames, texts] = [this.#outgoing, this.#outgoingTexts];
      this.#outgoing = [];
      this.#outgoingTexts = [];
      if (!this.#closed) this.#port.send({ [MARK]: JSON.stringify(frames), texts });
    });
  }

  #receive(frame: Frame, texts: ReadonlyMap<number, string>): void {
    switch (frame.kind) {
      case 'tell':
        return this.#hear(frame);
      case 'ask':
        this.#handle(frame, texts.get(frame.id)).then(
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

  #hear({ name, args }: Asked): void {
    const handler = this.#handlers.get(name);
    if (handler) handler(...(args as never[]));
    else this.#early.set(name, [...(this.#early.get(name) ?? []), args]);
  }

  async #handle({ name, args }: Asked, text: string | undefined): Promise<unknown> {
    const handler = this.#handlers.get(name);
    if (!handler) throw new Error(`nothing answers ${name}`);
    return handler(...([...args, ...(text === undefined ? [] : [text])] as never[]));
  }
}

/** A module of the operator may use the IPC channel as well. */
const MARK = 'mcp-server';

interface Content {
  readonly frames: readonly Frame[];
  readonly texts: ReadonlyMap<number, string>;
}

function contentOf(message: unknown): Content {
  if (typeof message !== 'object' || message === null || !(MARK in message)) return { frames: [], texts: new Map() };
  const { [MARK]: frames, texts } = message as { [MARK]: string; texts: [number, string][] };
  return { frames: JSON.parse(frames) as Frame[], texts: new Map(texts) };
}

function failureOf(error: unknown): RemoteFailure {
  const { message, code, errstr } = (error ?? {}) as { message?: unknown; code?: unknown; errstr?: unknown };
  return {
    message: typeof message === 'string' ? message : 'failed',
    ...(typeof code === 'string' && { code }),
    ...(typeof errstr === 'string' && { errstr }),
  };
}
