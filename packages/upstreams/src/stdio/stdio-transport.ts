/**
 * A program as a transport below the SDK's client: one message a line, both ways. Lines that are no message are counted and dropped,
 * because many servers print greetings; a line that is too long ends the connection.
 */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import {
  findProgram,
  ToolError,
  type Conversation,
  type Launcher,
  type ProgramExit,
  type ProgramStartFailure,
  type ProgramSpec,
} from '@mcp/tool-base';

import type { Clock } from '../clock.ts';
import type { CallMessage, CallTransport } from '../connection/call-lane.ts';
import { connectionClosed, ConnectionError } from '../connection/connection-error.ts';
import { InflowLimit } from '../connection/inflow-limit.ts';
import { OpenRequests, type ReadMessages } from '../connection/open-requests.ts';
import type { Members } from '../connection/take-apart.ts';
import type { StartTurns } from './start-turns.ts';
import type { RestartOptions } from '../connection/restart-pace.ts';

export interface StdioConnectionOptions {
  /** Starts the program, and ends it with this process. */
  readonly launcher: Pick<Launcher, 'open'>;
  /** An absolute path or a bare program name, then its arguments. No shell reads them. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Variables besides the fixed ones; nothing else is inherited. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Read at each start. @throws {ToolError} when one is missing */
  readonly secrets?: () => NonNullable<ProgramSpec['secrets']>;
  /** Absolute path. @default a private folder */
  readonly workingDirectory?: string | undefined;
  /** Held by the kernel for each of its processes. */
  readonly limits?: ProgramSpec['limits'];
  /** Needs a launcher with sandboxes. */
  readonly sandbox?: ProgramSpec['sandbox'];
  /** `eager`: started at once and again after each end; `lazy`: while calls need it. @default 'lazy' */
  readonly start?: 'lazy' | 'eager';
  readonly restart?: RestartOptions;
  /** Shared by upstreams that are not to start all at once. @default each starts when it has to */
  readonly turns?: StartTurns;
}

/** Bytes of one message. */
const MAX_LINE_BYTES = 10_485_760;
const OPENING_BRACE = 0x7b;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** White space may precede a message. */
const OPENING = /^\s*[[{]|^\s+$/u;
/** Between the end of stdin, SIGTERM and SIGKILL. */
const GRACE_MS = 2000;
const NOTHING: ReadMessages = { count: 0, forClient: [], answers: 0 };

export interface StdioEvents {
  readonly onErrorLine: (line: string) => void;
  /** A line on stdout that is no message. */
  readonly onNoise: () => void;
}

export class StdioTransport implements Transport, CallTransport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  onunasked?: CallTransport['onunasked'];
  readonly #options: StdioConnectionOptions;
  readonly #events: StdioEvents;
  readonly #inflow: InflowLimit;
  readonly #requests = new OpenRequests((message) => this.onunasked?.(message) ?? false);
  #conversation: Conversation | undefined;
  #failure: ConnectionError | undefined;
  #isClosing = false;

  constructor(options: StdioConnectionOptions, events: StdioEvents, clock: Clock) {
    this.#options = options;
    this.#inflow = new InflowLimit(clock);
    this.#events = events;
  }

  /** Why the program is not there, unless it was closed. */
  get failure(): ConnectionError | undefined {
    return this.#failure;
  }

  async start(): Promise<void> {
    const { launcher, command, environment, secrets, workingDirectory, limits, sandbox } = this.#options;
    const [program, ...args] = command;
    try {
      const file = findProgram(program);
      if (!file.found) throw new ToolError('unavailable', file.reason);
      this.#conversation = await launcher.open(
        {
          program: file.path,
          args: args.map((text) => ({ text, role: 'fixed' })),
          maxLineBytes: MAX_LINE_BYTES,
          graceMs: GRACE_MS,
          ...(environment && { environment }),
          ...(secrets && { secrets: secrets() }),
          ...(workingDirectory !== undefined && { workingDirectory }),
          ...(limits && { limits }),
          ...(sandbox && { sandbox }),
        },
        { onLine: (line) => this.#receive(line), onErrorLine: this.#events.onErrorLine },
      );
    } catch (error) {
      if (error instanceof ToolError) this.#failure = notStarted(error.message);
      throw this.#failure ?? error;
    }
    this.#conversation.ended.then(
      (end) => this.#ended(failureOf(end)),
      (cause: unknown) =>
        this.#ended(
          ended(
            cause instanceof ConnectionError ? cause.message : 'The program sent what could not be handled.',
            cause,
          ),
        ),
    );
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const id = this.#requests.sent(message);
    try {
      await this.#write(message);
    } catch (error) {
      if (id !== undefined) this.#requests.forget(id);
      throw error;
    }
  }

  async exchange(message: CallMessage): Promise<Members> {
    const answer = this.#requests.expect(message.id);
    try {
      await this.#write(message);
      return await answer;
    } finally {
      this.#requests.forget(message.id);
    }
  }

  async #write(message: object): Promise<void> {
    try {
      if (this.#conversation === undefined || this.#failure !== undefined) throw this.#failure ?? notStarted('');
      await this.#conversation.write(Buffer.from(`${JSON.stringify(message)}\n`));
    } catch (error) {
      // It does not read, or has just ended: the message never reached it.
      throw error instanceof ToolError
        ? new ConnectionError('unreachable', error.message, { mayHaveRun: false })
        : error;
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#conversation?.[Symbol.asyncDispose]();
  }

  #receive(received: Buffer): void {
    const line = received.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
      ? received.subarray(BYTE_ORDER_MARK.length)
      : received;
    // A flood of lines that are no messages is not parsed.
    const isMessage = line[0] === OPENING_BRACE || OPENING.test(line.toString('latin1', 0, 64));
    const { count, forClient, answers } = isMessage ? this.#requests.read(line.toString()) : NOTHING;
    // What it throws ends the program.
    if (answers === 0) this.#inflow.add(line.length);
    if (count === 0) this.#events.onNoise();
    for (const message of forClient) this.onmessage?.(message);
  }

  #ended(failure: ConnectionError): void {
    if (!this.#isClosing) this.#failure = failure;
    this.#requests.failAll(this.#isClosing ? connectionClosed() : failure);
    this.onclose?.();
  }
}

function notStarted(reason: string): ConnectionError {
  return new ConnectionError('unreachable', `The program cannot be started: ${reason}`, { mayHaveRun: false });
}

function ended(reason: string, cause?: unknown): ConnectionError {
  return new ConnectionError('interrupted', reason, { mayHaveRun: true, cause });
}

function failureOf(end: ProgramExit | ProgramStartFailure): ConnectionError {
  if (!end.started) return notStarted(`the system refuses it (${end.code}).`);
  if (end.truncated) return ended(`The program sent a line of more than ${MAX_LINE_BYTES} bytes and was ended.`);
  return ended(`The program ended (${end.signal ?? `exit code ${end.exitCode}`}).`);
}
