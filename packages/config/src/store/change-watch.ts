import type { Clock } from '../clock.ts';
import type { ReloadResult } from './reload-result.ts';
import type { RawInputs } from '../reading/raw-inputs.ts';

/** The directory watch misses edits behind a symbolic link; a look at the content every second finds them. */
const POLL_MS = 1000;
/** Two equal readings this far apart mean that the writer is done. */
const SETTLE_MS = 20;
/** What a file caught while it is being replaced looks like. */
const TRANSIENT_RULES: ReadonlySet<string> = new Set(['missing', 'empty', 'syntax', 'encoding', 'root']);
/** How long a missing, empty or half-written file is given to become whole before it is reported. */
const TRANSIENT_RETRIES_MS: readonly number[] = [50, 100, 250, 500];

export interface ChangeWatchOptions {
  readonly clock: Clock;
  /** Starts the watch for hints; called again when the file may have moved to another directory. */
  readonly arm: (onEvent: () => void) => Disposable;
  /** Looks, and acts on what it finds. Never rejects. */
  readonly look: () => Promise<void>;
}

/** Looks for a change at every hint and every second, one look at a time. */
export class ChangeWatch implements Disposable {
  readonly #options: ChangeWatchOptions;
  #poll: Disposable;
  #hints: Disposable;
  #looking = false;
  #again = false;
  #disposed = false;

  constructor(options: ChangeWatchOptions) {
    this.#options = options;
    this.#hints = options.arm(() => void this.#wake());
    this.#poll = this.#schedulePoll();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#poll[Symbol.dispose]();
    this.#hints[Symbol.dispose]();
  }

  #schedulePoll(): Disposable {
    return this.#options.clock.setTimer(POLL_MS, () => {
      this.#poll = this.#schedulePoll();
      // A directory that was deleted and made again is another directory: the old watch would stay silent for ever.
      this.#hints[Symbol.dispose]();
      this.#hints = this.#options.arm(() => void this.#wake());
      void this.#wake();
    });
  }

  async #wake(): Promise<void> {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#again && !this.#disposed) {
      this.#again = false;
      await this.#options.look();
      // A log file that grows in the same directory must not turn this into a busy loop.
      if (this.#again) await delay(SETTLE_MS, this.#options.clock);
    }
    this.#looking = false;
  }
}

/** Reads until two readings in a row agree; undefined when the content is what it was. */
export async function waitUntilStable(
  seen: string,
  read: () => Promise<RawInputs>,
  clock: Clock,
): Promise<RawInputs | undefined> {
  let texts = await read();
  while (texts.fingerprint !== seen) {
    await delay(SETTLE_MS, clock);
    const next = await read();
    if (next.fingerprint === texts.fingerprint) return next;
    texts = next;
  }
  return undefined;
}

/** Tries new texts, and tries again for a while as long as they look like a file caught while it is being replaced. */
export async function retryWhileIncomplete(
  first: RawInputs,
  read: () => Promise<RawInputs>,
  attempt: (texts: RawInputs) => Promise<ReloadResult>,
  clock: Clock,
): Promise<ReloadResult> {
  let texts = first;
  let result = await attempt(texts);
  for (const wait of TRANSIENT_RETRIES_MS) {
    if (result.ok || !result.problems.every(({ rule }) => TRANSIENT_RULES.has(rule))) break;
    await delay(wait, clock);
    const next = await read();
    if (next.fingerprint === texts.fingerprint) continue;
    texts = next;
    result = await attempt(texts);
  }
  return result;
}

function delay(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve);
  });
}
