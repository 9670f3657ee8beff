/**
 * The load over stdio, a process of its own: starts one server and keeps so many requests under way on its pipes; every
 * answer is checked for its id and its text. Driven over IPC by `StdioCommand`s, each answered with a `StdioReport`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

import { percentile } from '../harness/table.ts';
import { initializeMessage, requestMessage } from './requests.ts';

export interface StdioCommand {
  readonly start?: {
    readonly command: readonly string[];
    readonly era: 'bare' | 'legacy' | 'modern';
    readonly inFlight: number;
    readonly stderrFile: string;
  };
  /** Ends when all that was sent in the time has been answered. */
  readonly run?: { readonly ms: number };
}

export interface StdioReport {
  readonly pid: number;
  readonly answers: number;
  /** From the write of a request until its answer was read. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly problem?: string;
}

interface Answer {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: unknown }[] };
}

class StdioLoad {
  readonly #server: ChildProcess;
  readonly #start: NonNullable<StdioCommand['start']>;
  /** When each was sent. */
  readonly #waiting = new Map<number, number>();
  #latencies: number[] = [];
  #partial = '';
  #lastId = 0;
  #until = 0;
  #onDone: (problem?: string) => void = () => {};

  constructor(start: NonNullable<StdioCommand['start']>) {
    this.#start = start;
    const [program = '', ...args] = start.command;
    // As clients do, and for the same cost of a log line as over HTTP: into a file.
    const stderr = openSync(start.stderrFile, 'a');
    this.#server = spawn(program, args, { stdio: ['pipe', 'pipe', stderr] });
    closeSync(stderr);
    this.#server.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#server.once('close', (code) => this.#onDone(`the server ended with ${code}`));
  }

  get pid(): number {
    return this.#server.pid ?? 0;
  }

  /** The handshake of the 2025 era. */
  open(): Promise<string | undefined> {
    if (this.#start.era !== 'legacy') return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#onDone = resolve;
      this.#server.stdin?.write(`${JSON.stringify(initializeMessage)}\n`);
    });
  }

  run(ms: number): Promise<Omit<StdioReport, 'pid' | 'problem'> & { readonly problem: string | undefined }> {
    return new Promise((resolve) => {
      this.#latencies = [];
      this.#until = performance.now() + ms;
      this.#onDone = (problem) =>
        resolve({
          answers: this.#latencies.length,
          p50Ms: percentile(this.#latencies, 0.5),
          p99Ms: percentile(this.#latencies, 0.99),
          problem,
        });
      this.#send(this.#start.inFlight);
    });
  }

  stop(): void {
    this.#onDone = () => {};
    this.#server.once('close', () => process.exit(0));
    this.#server.kill();
  }

  #send(count: number): void {
    let text = '';
    for (let sent = 0; sent < count; sent++) {
      const id = ++this.#lastId;
      this.#waiting.set(id, performance.now());
      text += `${JSON.stringify(requestMessage(this.#start.era === 'modern' ? 'modern tools/call' : 'tools/call', id))}\n`;
    }
    this.#server.stdin?.write(text);
  }

  #read(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#check(line);
    if (performance.now() < this.#until) this.#send(this.#start.inFlight - this.#waiting.size);
    else if (this.#waiting.size === 0) this.#onDone();
  }

  #check(line: string): void {
    const { id, result } = JSON.parse(line) as Answer;
    if (id === initializeMessage.id) {
      this.#server.stdin?.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
      return;
    }
    // A notification: fastmcp asks and tells on its own account.
    if (id === undefined || line.includes('"method":')) return;
    const sentAt = this.#waiting.get(Number(id));
    if (sentAt !== undefined && result?.content?.[0]?.text === `hello ${Number(id)}`) {
      this.#waiting.delete(Number(id));
      this.#latencies.push(performance.now() - sentAt);
    } else this.#onDone(`a wrong answer: ${line.slice(0, 300)}`);
  }
}

let load: StdioLoad | undefined;
process.on('message', ({ start, run }: StdioCommand) => {
  const report = (seen: Omit<StdioReport, 'pid' | 'problem'>, problem: string | undefined): void => {
    const message: StdioReport = { pid: load?.pid ?? 0, ...seen, ...(problem !== undefined && { problem }) };
    process.send?.(message);
  };
  if (start) {
    load = new StdioLoad(start);
    void load.open().then((problem) => report({ answers: 0, p50Ms: 0, p99Ms: 0 }, problem));
  } else if (run) void load?.run(run.ms).then(({ problem, ...seen }) => report(seen, problem));
});
process.on('disconnect', () => load?.stop());
