/**
 * The load generator, a process of its own: many connections, each with one request in flight, every answer checked for
 * its id and its content. Driven over IPC: `{ start: LoadOptions }`, then `{ stop: true }` is answered with a `LoadReport`.
 */
import { HttpConnection, type HttpAnswer } from './http-connection.ts';
import { requestBytes, type RequestKind } from './requests.ts';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly kind: RequestKind;
  readonly apiKey?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Stop by itself after so many answers. */
  readonly requests?: number | undefined;
  /**
   * Requests a second, whatever the answers take; their time counts from when they were due, also while no connection is free.
   * @default as many as the connections can take
   */
  readonly perSecond?: number | undefined;
}

export interface LoadReport {
  readonly answers: number;
  readonly wrong: number;
  readonly broken: number;
  /** Of the first answer that was wrong. */
  readonly sample?: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

class Load {
  readonly #options: LoadOptions;
  readonly #connections: HttpConnection[] = [];
  readonly #latencies: number[] = [];
  readonly #onDone: (report: LoadReport) => void;
  #sent = 0;
  #answers = 0;
  #wrong = 0;
  #broken = 0;
  #sample: string | undefined;
  #inFlight = 0;
  #stopping = false;
  readonly #startedAt = performance.now();
  /** Connections that wait until a request is due. */
  readonly #idle: ((dueAt: number) => void)[] = [];

  constructor(options: LoadOptions, onDone: (report: LoadReport) => void) {
    this.#options = options;
    this.#onDone = onDone;
    for (let i = 0; i < options.connections; i++) this.#run();
    if (options.perSecond !== undefined) this.#pace(options.perSecond);
  }

  stop(): void {
    this.#stopping = true;
    if (this.#inFlight === 0) this.#finish();
  }

  #run(): void {
    let id = 0;
    let sentAt = 0;
    const send = (dueAt: number): void => {
      id = ++this.#sent;
      this.#inFlight++;
      sentAt = dueAt;
      connection.send(requestBytes(this.#options, id));
    };
    const next = (): void => {
      const { requests, perSecond } = this.#options;
      if (this.#stopping || (requests !== undefined && this.#sent >= requests)) {
        connection.close();
        if (this.#inFlight === 0) this.#finish();
        return;
      }
      if (perSecond === undefined) send(performance.now());
      else this.#idle.push(send);
    };
    const connection = new HttpConnection(this.#options.port, {
      onAnswer: (answer) => {
        this.#inFlight--;
        this.#answers++;
        this.#latencies.push(performance.now() - sentAt);
        this.#check(answer, id);
        next();
      },
      onBroken: () => {
        this.#inFlight--;
        this.#broken++;
        next();
      },
    });
    this.#connections.push(connection);
    next();
  }

  /** Turns the event loop without pause: a timer would be late by up to a millisecond. */
  #pace(perSecond: number): void {
    const due = ((performance.now() - this.#startedAt) * perSecond) / 1000;
    while (!this.#stopping && this.#sent < due && this.#idle.length > 0) {
      this.#idle.shift()?.(this.#startedAt + (this.#sent * 1000) / perSecond);
    }
    if (!this.#stopping) setImmediate(() => this.#pace(perSecond));
  }

  #check({ status, body }: HttpAnswer, id: number): void {
    const { kind } = this.#options;
    const right =
      status === 200 &&
      body.includes(`"id":${id}`) &&
      (kind === 'tools/list' || kind === 'modern tools/list'
        ? body.includes('"inputSchema"') && body.includes('"echo"')
        : body.includes(`"text":"hello ${id}"`));
    if (right) return;
    this.#wrong++;
    this.#sample ??= `${status} ${body.slice(0, 300)}`;
  }

  #finish(): void {
    for (const connection of this.#connections) connection.close();
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const rank = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
    this.#onDone({
      answers: this.#answers,
      wrong: this.#wrong,
      broken: this.#broken,
      ...(this.#sample !== undefined && { sample: this.#sample }),
      p50Ms: rank(0.5),
      p99Ms: rank(0.99),
      p999Ms: rank(0.999),
    });
  }
}

let load: Load | undefined;
process.on('message', (message: { start?: LoadOptions; stop?: true }) => {
  if (message.start) load = new Load(message.start, (report) => process.send?.(report));
  else if (message.stop) load?.stop();
});
process.on('disconnect', () => process.exit(0));
