/**
 * One keep-alive connection that sends the next request when the answer to the last one is complete. Hand-written over a
 * socket, so that the client costs little and the same for every server: content-length and chunked bodies, nothing else.
 */
import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server closes the connection after this answer. */
  readonly closes: boolean;
}

export interface ConnectionEvents {
  readonly onAnswer: (answer: HttpAnswer) => void;
  /** The connection ended while an answer was due. */
  readonly onBroken: () => void;
}

const HEAD_END = '\r\n\r\n';

export class HttpConnection {
  readonly #port: number;
  readonly #events: ConnectionEvents;
  #socket: Socket | undefined;
  #received = '';
  #waiting = false;
  #closed = false;

  constructor(port: number, events: ConnectionEvents) {
    this.#port = port;
    this.#events = events;
  }

  /** Opens the connection again where the server has closed it. */
  send(bytes: string): void {
    this.#waiting = true;
    (this.#socket ??= this.#open()).write(bytes, 'latin1');
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#onText(socket, String(text)));
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#received = '';
      if (this.#waiting && !this.#closed) this.#events.onBroken();
    });
    return socket;
  }

  #onText(socket: Socket, text: string): void {
    this.#received = this.#received === '' ? text : this.#received + text;
    const answer = readAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = '';
    this.#waiting = false;
    if (answer.closes) {
      this.#socket = undefined;
      socket.destroy();
    }
    this.#events.onAnswer(answer);
  }
}

/** The answer once all of it has arrived; one request is in flight at a time, so nothing follows it. */
export function readAnswer(received: string): HttpAnswer | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const closes = head.includes('\r\nconnection: close');
  const start = headEnd + HEAD_END.length;
  const length = /\r\ncontent-length: (?<length>\d+)/.exec(head)?.groups?.['length'];
  if (length !== undefined) {
    const end = start + Number(length);
    return received.length < end ? undefined : { status, body: received.slice(start, end), closes };
  }
  if (!head.includes('\r\ntransfer-encoding: chunked')) return { status, body: '', closes };
  if (!received.endsWith('0\r\n\r\n')) return undefined;
  return { status, body: unchunked(received.slice(start)), closes };
}

function unchunked(text: string): string {
  let body = '';
  for (let at = 0; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(size > 0)) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
