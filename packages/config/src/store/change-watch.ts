import type { Clock } from '../clock.ts';
import type { ReloadResult } from './reload-result.ts';
import type { RawInputs } from '../reading/raw-inputs.ts';

/** The directory watch misses edits behind a symbolic link; comparing the content every second finds them. */
const POLL_MS = 1000;
/** Two equal readings this far apart mean that writing has finished. */
const SETTLE_MS = 20;
/** The problems of a file that is read while it is being replaced. */
const transientRules: ReadonlySet<string> = new Set(['missing', 'empty', 'syntax', 'encoding', 'root']);
/** Delays between the attempts to read a missing, empty or partly written file, before it is reported. */
const transientRetriesMs: readonly number[] = [50, 100, 250, 500];

export interface ChangeWatchOptions {
  readonly clock: Clock;
  /** Starts watching for events; called again because the directory may have been replaced. */
  readonly watch: (onEvent: () => void) => Disposable;
  /** Compares the content and acts on a change. Never rejects. */
  readonly checkForChange: () => Promise<void>;
}

/** Checks for a change at every event and every second, one check at a time. */
export class ChangeWatch implements Disposable {
  readonly #options: ChangeWatchOptions;
  #poll: Disposable;
  #events: Disposable;
  #checking = false;
  #eventsPending = false;
  #disposed = false;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
    this.#events = options.watch(() => void this.#check());
    this.#poll = this.#schedulePoll();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#poll[Symbol.dispose]();
    this.#events[Symbol.dispose]();
  }

  #schedulePoll(): Disposable {
    return this.#options.clock.setTimer(POLL_MS, () => {
      this.#poll = this.#schedulePoll();
      // A directory that was deleted and created again is another directory; the old watch would report nothing.
      this.#events[Symbol.dispose]();
      this.#events = this.#options.watch(() => void this.#check());
      void this.#check();
    });
  }

  async #check(): Promise<void> {
    this.#eventsPending = true;
    if (this.#checking) return;
    this.#checking = true;
    while (this.#eventsPending && !this.#disposed) {
      this.#eventsPending = false;
      await this.#options.checkForChange();
      // Without a delay, a log file that grows in the same directory would make this a busy loop.
      if (this.#eventsPending) await delay(SETTLE_MS, this.#options.clock);
    }
    this.#checking = false;
  }
}

/** Reads until two readings in a row agree; undefined when the content is what it was. */
export async function waitUntilStable(
  seen: string,
  read: () => Promise<RawInputs>,
  clock: Clock,
): Promise<RawInputs | undefined> {
  let raw = await read();
  while (raw.fingerprint !== seen) {
    await delay(SETTLE_MS, clock);
    const next = await read();
    if (next.fingerprint === raw.fingerprint) return next;
    raw = next;
  }
  return undefined;
}

/** Tries the new content, and tries again as long as it looks like a file that is being replaced. */
export async function retryWhileIncomplete(
  first: RawInputs,
  read: () => Promise<RawInputs>,
  attempt: (raw: RawInputs) => Promise<ReloadResult>,
  clock: Clock,
): Promise<ReloadResult> {
  let raw = first;
  let result = await attempt(raw);
  for (const wait of transientRetriesMs) {
    if (result.ok || !result.problems.every(({ rule }) => transientRules.has(rule))) break;
    await delay(wait, clock);
    const next = await read();
    if (next.fingerprint === raw.fingerprint) continue;
    raw = next;
    result = await attempt(raw);
  }
  return result;
}

function delay(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve);
  });
}
