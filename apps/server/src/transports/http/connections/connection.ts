import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Pipelined requests that may wait on one connection. Node parses several hundred at once and would start them all. */
export const MAX_WAITING_REQUESTS = 64;

let uses = 0;

export interface ConnectionOptions {
  readonly socket: Socket;
  /** The client's address or /64 network; see `networkOf`. */
  readonly network: string;
  /** Only health checks are answered on this connection. */
  readonly healthOnly: boolean;
}

/**
 * One connection. Its requests are handled one after another (RFC 9112 section 9.3.2 asks for responses in that order), so
 * a client that sends many and reads nothing makes the server hold one response. Nothing is handled after a response
 * with `Connection: close` (section 9.6).
 */
export class Connection {
  readonly socket: Socket;
  readonly network: string;
  readonly healthOnly: boolean;
  /** Grows with every use of any connection: the smallest is the least recently used. */
  lastUse: number = (uses += 1);
  #inProgress = false;
  #isReleased = false;
  #closesWhenIdle = false;
  #last: ServerResponse | undefined;
  #waiting: (readonly [ServerResponse, () => void, (() => void) | undefined])[] = [];

  constructor({ socket, network, healthOnly }: ConnectionOptions) {
    this.socket = socket;
    this.network = network;
    this.healthOnly = healthOnly;
  }

  /** No request is in progress: nothing is lost when the connection is closed. */
  get isIdle(): boolean {
    return !this.#inProgress;
  }

  /** The response that was started last. */
  get last(): ServerResponse | undefined {
    return this.#last;
  }

  /** The client has not read everything that was sent to it. */
  get hasUnreadOutput(): boolean {
    return this.socket.writableLength > 0;
  }

  /**
   * Ends the connection with its next response whose headers have not been sent. One whose headers say that the connection stays open
   * does not end it: a proxy may already be sending the next request.
   */
  release(): void {
    this.#isReleased = true;
    if (this.#inProgress && this.#last?.headersSent === false) this.#last.setHeader('connection', 'close');
  }

  /** Closes the connection now, or after the responses to the requests that it has. */
  closeWhenIdle(): void {
    this.#closesWhenIdle = true;
    if (this.isIdle) this.socket.destroySoon();
  }

  /**
   * Calls `handler` now, or after the responses to the requests before this one.
   *
   * @param ended called when the response has closed, if the handler was called
   * @returns false when too many are waiting; the connection is then closed, without a response
   */
  handle(outgoing: ServerResponse, handler: () => void, ended?: () => void): boolean {
    this.lastUse = uses += 1;
    if (!this.#inProgress) {
      this.#start(outgoing, handler, ended);
      return true;
    }
    if (this.#waiting.length < MAX_WAITING_REQUESTS) {
      this.#waiting.push([outgoing, handler, ended]);
      return true;
    }
    this.#waiting = [];
    this.socket.destroy();
    return false;
  }

  #start(outgoing: ServerResponse, handler: () => void, ended: (() => void) | undefined): void {
    if (this.#isClosing) return;
    this.#inProgress = true;
    this.#last = outgoing;
    if (this.#isReleased) outgoing.setHeader('connection', 'close');
    // One listener: every request has it.
    outgoing.on('close', () => {
      ended?.();
      this.#finish();
    });
    handler();
  }

  #finish(): void {
    this.#inProgress = false;
    if (this.#isClosing) this.#waiting = [];
    const next = this.#waiting.shift();
    if (next) this.#start(...next);
    else if (this.#closesWhenIdle && !this.#isClosing) this.socket.destroySoon();
  }

  /** Node ends the socket with a response that closes the connection. */
  get #isClosing(): boolean {
    return this.socket.destroyed || this.socket.writableEnded;
  }
}
