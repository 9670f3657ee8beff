import { Worker } from 'node:worker_threads';

import type { Lease } from '../stores/job-store.ts';
import type { StoreAddress } from '../stores/sql/open-database.ts';

/** TypeScript when run from source, the built file otherwise. */
const thread = import.meta.url.endsWith('.ts')
  ? new URL('./lease-thread.ts', import.meta.url)
  : new URL('./lease-thread.js', import.meta.url);

/** In place of a number of looks. */
export const NOTHING_RUNS = -1;
/** So many times the thread looks before it renews itself: a little longer than the event loop needs. */
export const LATE_LOOKS = 4;

export function lookEveryMs({ leaseMs }: Lease): number {
  return leaseMs / 10;
}

export interface LeaseGuardOptions {
  readonly address: StoreAddress;
  readonly lease: Lease;
  readonly onError: (error: unknown) => void;
}

/** What the thread is given. */
export interface LeaseThreadData {
  readonly address: StoreAddress;
  readonly lease: Lease;
  /** One number: how often the thread has looked since the leases were renewed, or {@link NOTHING_RUNS}. Both sides write it. */
  readonly looks: Int32Array<SharedArrayBuffer>;
}

/**
 * Renews the leases of this process while its event loop is blocked, by a function that computes for example: other processes would
 * end its jobs. A thread of its own, started with the first run, which waits without using the processor while nothing runs,
 * and connects only when the event loop is late. A process that is stopped or dead renews nothing.
 */
export class LeaseGuard implements AsyncDisposable {
  readonly #options: LeaseGuardOptions;
  readonly #looks = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(NOTHING_RUNS);
  #worker: Worker | undefined;

  constructor(options: LeaseGuardOptions) {
    this.#options = options;
  }

  /** With the first run. */
  start(): void {
    this.#worker ??= this.#startThread();
    Atomics.store(this.#looks, 0, 0);
    Atomics.notify(this.#looks, 0);
  }

  /** The event loop has renewed. */
  renewed(): void {
    if (Atomics.load(this.#looks, 0) !== NOTHING_RUNS) Atomics.store(this.#looks, 0, 0);
  }

  /** After the last run. */
  stop(): void {
    Atomics.store(this.#looks, 0, NOTHING_RUNS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #startThread(): Worker {
    const { address, lease, onError } = this.#options;
    const workerData: LeaseThreadData = { address, lease, looks: this.#looks };
    const worker = new Worker(thread, { workerData, name: 'leases' });
    worker.unref();
    worker.on('message', onError);
    worker.on('error', onError);
    worker.on('exit', () => {
      // The next run starts another one. Until then the event loop renews alone.
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}
