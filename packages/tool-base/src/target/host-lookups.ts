/**
 * Names to addresses, so bounded that one caller's slow names do not stop the look-ups of others. `getaddrinfo` blocks a thread of
 * libuv's pool, of which few serve look-ups, and cannot be cancelled: a thread stays taken after its caller stopped waiting.
 */

import { lookup } from 'node:dns/promises';
import { systemClock, type Clock } from '../clock.ts';
import { ToolError } from '../result/tool-error.ts';

/** Turns a name into addresses. Rejects when there is none. */
export type Resolver = (host: string, options: { readonly signal?: AbortSignal }) => Promise<readonly string[]>;

/** `getaddrinfo`, so that hosts files and search rules are those of the programs. */
const systemResolver: Resolver = async (host) => {
  const answers = await lookup(host, { all: true, verbatim: true });
  return answers.map((answer) => answer.address);
};

export interface LookupOptions {
  /** Whose look-up this is; each caller has one at a time. @default one caller for all */
  readonly caller?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LOOKUP_LIMIT_MS = 5000;
/** How long a name that could not be resolved is refused without another look-up. */
const FAILURE_MEMORY_MS = 10_000;
const MAX_FAILURES = 1000;
const NO_SUCH_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME']);

/** A caller that waits for a look-up, until it stops waiting. */
interface Wait {
  over: boolean;
}

export class HostLookups {
  readonly #resolver: Resolver;
  readonly #clock: Clock;
  /** The last started look-up of each caller; settles when the resolver has, however late. */
  readonly #lastOf = new Map<string, Promise<unknown>>();
  /** Look-ups that have not settled, by name. */
  readonly #running = new Map<string, Promise<readonly string[]>>();
  /** Monotonic time until which a name is refused. */
  readonly #failedUntil = new Map<string, number>();

  constructor(resolver: Resolver = systemResolver, clock: Clock = systemClock) {
    this.#resolver = resolver;
    this.#clock = clock;
  }

  /**
   * One look-up, for at most 5 s with the wait for the caller's earlier ones. A name without an address is the caller's error; a
   * resolver that fails is not the tool's, and must not let one caller open the breaker for all, so neither counts as a failure.
   * @returns at least one address, as the resolver wrote it
   * @throws {ToolError} `validation_error` for a name without an address, `tool_error` when it could not be resolved
   */
  async resolve(host: string, { caller = '', signal }: LookupOptions = {}): Promise<readonly string[]> {
    if (this.#failedJustNow(host)) throw lookupFailed(host, undefined);
    const wait: Wait = { over: false };
    try {
      const answers = await this.#limited(this.#queued(host, caller, wait), wait, signal);
      if (answers.length > 0) return answers;
    } catch (error) {
      if (!isUnknownName(error)) throw lookupFailed(host, error);
    }
    throw new ToolError('validation_error', `${host} has no address.`, {
      suggestion: 'Check the spelling of the name, or give an address.',
    });
  }

  /** Starts once the caller's earlier look-up has settled; joins a look-up of the same name. */
  async #queued(host: string, caller: string, wait: Wait): Promise<readonly string[]> {
    while (!this.#running.has(host) && this.#lastOf.has(caller)) {
      await this.#lastOf.get(caller)?.catch(() => undefined);
      if (wait.over || this.#failedJustNow(host)) throw new Error('The name was not looked up.');
    }
    return this.#running.get(host) ?? this.#start(host, caller);
  }

  #start(host: string, caller: string): Promise<readonly string[]> {
    const controller = new AbortController();
    const running = this.#resolver(host, { signal: controller.signal });
    const timer = this.#clock.setTimer(LOOKUP_LIMIT_MS, () => {
      this.#rememberFailure(host);
      controller.abort();
    });
    this.#running.set(host, running);
    this.#lastOf.set(caller, running);
    const settled = (): void => {
      timer[Symbol.dispose]();
      this.#running.delete(host);
      this.#lastOf.delete(caller);
    };
    running.then(settled, (error: unknown) => {
      settled();
      if (!isUnknownName(error)) this.#rememberFailure(host);
    });
    return running;
  }

  /** The caller stops waiting; the resolver cannot be stopped. */
  #limited<T>(running: Promise<T>, wait: Wait, signal: AbortSignal | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (message: string): void => {
        wait.over = true;
        reject(new Error(message));
      };
      const onAbort = (): void => stop('The look-up was cancelled.');
      const timer = this.#clock.setTimer(LOOKUP_LIMIT_MS, () => stop('The look-up took too long.'));
      const settled = (): void => {
        timer[Symbol.dispose]();
        signal?.removeEventListener('abort', onAbort);
      };
      running.then(resolve, reject).then(settled, settled);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #failedJustNow(host: string): boolean {
    return (this.#failedUntil.get(host) ?? 0) > this.#clock.monotonicMs();
  }

  #rememberFailure(host: string): void {
    this.#failedUntil.delete(host);
    this.#failedUntil.set(host, this.#clock.monotonicMs() + FAILURE_MEMORY_MS);
    const [oldest] = this.#failedUntil.keys();
    if (this.#failedUntil.size > MAX_FAILURES && oldest !== undefined) this.#failedUntil.delete(oldest);
  }
}

function isUnknownName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_SUCH_NAME.has(String(error.code));
}

function lookupFailed(host: string, cause: unknown): ToolError {
  return new ToolError('tool_error', `${host} could not be resolved just now.`, {
    suggestion: 'Try again later, or give an address.',
    cause,
  });
}

/** Shared by every policy that uses the system's resolver, since they share the threads. */
export const systemLookups: HostLookups = new HostLookups();
