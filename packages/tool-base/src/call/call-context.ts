import { randomUUID } from 'node:crypto';
import { NO_CLIENT_INPUT, type ClientRequests, type ClientInput } from '../declare/client-requests.ts';
import type { Deadline } from './deadline.ts';
import type { AskForApproval } from '../declare/approvals.ts';
import type { CallLog, Progress } from '../declare/ports.ts';
import type { Launcher, OutputStream } from '../launcher/program.ts';
import type { CheckedTarget } from '../target/target-policy.ts';
import type { Caller, ProgramContext } from '../declare/tool-definition.ts';
import { describeError } from '../result/describe-error.ts';
import type { KeepOverflow, ReadHint } from '../result/kept-output.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import { ToolError } from '../result/tool-error.ts';
import type { Tool } from '../tool/tool.ts';

/** What a job has in the place of its tool's limits. The server grants it; no caller can ask for it. */
export interface RunAllowance {
  readonly timeoutMs: number;
  /** Bytes of output in the result. */
  readonly maxOutputBytes: number;
  /** Bytes read of a program, which is ended at the next one. */
  readonly maxReadBytes: number;
  /** Gets every byte of a program's output as it comes; whatever it throws ends the run. */
  readonly keepOutput: (stream: OutputStream, bytes: Uint8Array) => void;
  /** How to read what was kept. */
  readonly readHint: ReadHint;
}

/** One call of a tool. */
export interface CallRequest {
  /** A JSON object; checked by the tool's schema. @default {} */
  readonly arguments?: unknown;
  /** Who calls, as the transport authenticated it. */
  readonly caller: Caller;
  /** Aborted when the caller cancels or the server shuts down. */
  readonly signal?: AbortSignal | undefined;
  /** 1 to 64 of `A-Z a-z 0-9 _ . : -`. @default a random UUID */
  readonly correlationId?: string | undefined;
  /** A shorter time limit than the tool's own, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What the tool itself logs; may reach the client. @default nothing is logged */
  readonly log?: CallLog | undefined;
  /** What only the operator may see: the errors behind failed calls, as type, message, code and stack. @default nothing is logged */
  readonly operatorLog?: CallLog | undefined;
  /** Passes the tool's requests to the client. @default {@link NO_CLIENT_INPUT} */
  readonly clientInput?: ClientInput | undefined;
  /** For tools with `confirm: operator`. @default they are refused */
  readonly approvals?: AskForApproval | undefined;
  /** @default the limits of the tool */
  readonly allowance?: RunAllowance | undefined;
  /** Keeps output that the result is too small for. A run with an allowance needs none. @default it is left out */
  readonly keepOverflow?: KeepOverflow | undefined;
}

/** A correlation id that a caller may choose. */
export const CORRELATION_ID: RegExp = /^[A-Za-z0-9_.:-]{1,64}$/;
const NO_TARGETS: ReadonlyMap<string, CheckedTarget> = new Map();
const nothing = (): void => undefined;
const SILENT: CallLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The caller's id if it is valid, else a new one; {@link validateRequest} reports an invalid one. */
export function correlationIdOf(request: CallRequest): string {
  const { correlationId } = request;
  return typeof correlationId === 'string' && CORRELATION_ID.test(correlationId) ? correlationId : randomUUID();
}

/** @throws {ToolError} `validation_error` for an invalid id or time limit */
export function validateRequest(request: CallRequest, correlationId: string, maxTimeoutMs: number): void {
  if (request.correlationId !== undefined && request.correlationId !== correlationId) {
    throw new ToolError(
      'validation_error',
      'The correlation id must be 1 to 64 letters, digits, "_", ".", ":" or "-".',
    );
  }
  const { timeoutMs } = request;
  if (timeoutMs !== undefined && (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > maxTimeoutMs)) {
    throw new ToolError('validation_error', `timeoutMs must be a whole number from 1 to ${maxTimeoutMs}.`);
  }
}

/** What the tool sees of its call. Costly members are created when they are read. */
export class CallContext implements ProgramContext {
  readonly correlationId: string;
  readonly caller: Caller;
  readonly log: CallLog;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly maxReadBytes: number;
  readonly keepOutput: RunAllowance['keepOutput'] | undefined;
  readonly readHint: ReadHint | undefined;
  readonly keepOverflow: KeepOverflow | undefined;
  targets: ReadonlyMap<string, CheckedTarget> = NO_TARGETS;
  readonly #tool: Tool;
  readonly #deadline: Deadline;
  readonly #startedAt: number;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #client: ClientRequests;
  readonly #operatorLog: CallLog | undefined;
  #over = false;

  constructor(tool: Tool, request: CallRequest, correlationId: string, deadline: Deadline, timeoutMs: number) {
    this.#tool = tool;
    this.#deadline = deadline;
    this.#startedAt = tool.clock.monotonicMs();
    this.#onProgress = request.onProgress;
    this.#client = request.clientInput ?? NO_CLIENT_INPUT;
    this.correlationId = correlationId;
    this.caller = request.caller;
    this.log = request.log ?? SILENT;
    this.#operatorLog = request.operatorLog;
    this.timeoutMs = timeoutMs;
    const { allowance } = request;
    this.maxOutputBytes = allowance?.maxOutputBytes ?? tool.limits.maxOutputBytes;
    this.maxReadBytes = allowance?.maxReadBytes ?? tool.limits.maxReadBytes;
    this.keepOutput = allowance?.keepOutput;
    this.readHint = allowance?.readHint;
    this.keepOverflow = allowance ? undefined : request.keepOverflow;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  get deadline(): number {
    const { clock } = this.#tool;
    return clock.epochMs() + this.timeoutMs - (clock.monotonicMs() - this.#startedAt);
  }

  get target(): CheckedTarget | undefined {
    for (const target of this.targets.values()) return target;
    return undefined;
  }

  get launcher(): Launcher {
    const { launcher } = this.#tool;
    if (launcher === undefined) throw new Error('The tool has no launcher.');
    return launcher;
  }

  get wantsProgress(): boolean {
    return this.#onProgress !== undefined;
  }

  // Each of these is a function of its own, so that a tool may take them apart: `run(input, { askUser, reportProgress })`.

  get reportProgress(): (progress: Progress) => void {
    return (progress) => {
      if (this.#over) return;
      try {
        const known = knownProgress(progress);
        if (known) this.#onProgress?.(known);
      } catch (error) {
        // A listener that throws must not end the run.
        this.#operatorLog?.warn('progress was not delivered', {
          correlationId: this.correlationId,
          error: describeError(error),
        });
      }
    };
  }

  get canAsk(): ClientRequests['canAsk'] {
    return (kind) => this.#client.canAsk(kind);
  }

  get askUser(): ClientRequests['askUser'] {
    return (request) => this.#client.askUser(request);
  }

  get askModel(): ClientRequests['askModel'] {
    return (request) => this.#client.askModel(request);
  }

  get listRoots(): ClientRequests['listRoots'] {
    return (options) => this.#client.listRoots(options);
  }

  /** Progress after the response would belong to no request. */
  close(): void {
    this.#over = true;
  }
}

/** What a client may be sent of it: a tool may report any value, such as an error as the message. */
function knownProgress({ progress, total, message }: Partial<Record<keyof Progress, unknown>>): Progress | undefined {
  if (!Number.isFinite(progress)) return undefined;
  return {
    progress: progress as number,
    ...(Number.isFinite(total) && { total: total as number }),
    ...(typeof message === 'string' && { message: sanitizeText(message).text }),
  };
}
