/**
 * The load over stdio, a process of its own: starts one server and keeps so many requests under way on its pipes; every
 * answer is checked for its id and its text. Driven over IPC by `StdioCommand`s, each answered with a `StdioReport`.
 */
import { spawn, type ChildProcess } from 'node:child_process';

import { initializeMessage, requestMessage } from './requests.ts';

export interface StdioCommand {
  readonly start?: {
    readonly command: readonly string[];
    readonly era: 'bare' | 'legacy' | 'modern';
    readonly inFlight: number;
  };
  /** Ends when all that was sent in the time has been answered. */
  readonly run?: { readonly ms: number };
}

export interface StdioReport {
  readonly pid: number;
  readonly answers: number;
  readonly problem?: string;
}

interface Answer {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: unknown }[] };
}

class StdioLoad {
  readonly #server: ChildProcess;
  readonly #start: NonNullable<StdioCommand['start']>;
  readonly #waiting = new Set<number>();
  #partial = '';
  #lastId = 0;
  #answers = 0;
  #until = 0;
  #onDone: (problem?: string) => void = () => {};

  constructor(start: NonNullable<StdioCommand['start']>) {
    this.#start = start;
    const [program = '', ...args] = start.command;
    this.#server = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
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

  run(ms: number): Promise<{ answers: number; problem: string | undefined }> {
    return new Promise((resolve) => {
      this.#answers = 0;
      this.#until = performance.now() + ms;
      this.#onDone = (problem) => resolve({ answers: this.#answers, problem });
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
      this.#waiting.add(id);
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
    const right = typeof id === 'number' && this.#waiting.delete(id) && result?.content?.[0]?.text === `hello ${id}`;
    if (right) this.#answers++;
    else this.#onDone(`a wrong answer: ${line.slice(0, 300)}`);
  }
}

let load: StdioLoad | undefined;
process.on('message', ({ start, run }: StdioCommand) => {
  const report = (answers: number, problem: string | undefined): void => {
    const message: StdioReport = { pid: load?.pid ?? 0, answers, ...(problem !== undefined && { problem }) };
    process.send?.(message);
  };
  if (start) {
    load = new StdioLoad(start);
    void load.open().then((problem) => report(0, problem));
  } else if (run) void load?.run(run.ms).then(({ answers, problem }) => report(answers, problem));
});
process.on('disconnect', () => load?.stop());
