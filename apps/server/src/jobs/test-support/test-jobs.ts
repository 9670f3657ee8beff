import type { ToolResult } from '@mcp/tool-base';

import { MemoryEventBus } from '../../observability/events/memory-event-bus.ts';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { FileOutputStore } from '../output/file-output-store.ts';
import type { JobRecord } from '../record/job-record.ts';
import type { JobExecution } from '../runs/job-run.ts';
import type { JobStore } from '../stores/job-store.ts';
import type { JobSettings } from '../job-settings.ts';
import { Jobs } from '../jobs.ts';
import type { JobsOptions } from '../jobs-options.ts';
import { MemoryJobStore } from '../stores/memory-job-store.ts';

export const LEASE_MS = 15_000;
export const RETENTION_MS = 60_000;

const meta = { durationMs: 1, queueMs: 0, outputBytes: 0, truncated: false, correlationId: 'c' };
const done: ToolResult = { ok: true, content: [{ type: 'text', text: 'done' }], structured: {}, meta };

export interface RunningJob {
  readonly execution: JobExecution;
  end(result?: ToolResult): void;
}

export interface TestJobsOptions {
  /** Of the output. */
  readonly folder: string;
  readonly settings?: Partial<JobSettings>;
  readonly store?: JobStore;
  readonly clock?: ManualClock;
}

/** Jobs whose runs the test ends itself. */
export class TestJobs implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly runs: RunningJob[] = [];
  readonly logged: string[] = [];
  readonly states: string[] = [];
  /** States of jobs that ended outside a run. */
  readonly endedOutsideRun: string[] = [];
  readonly store: JobStore;
  readonly jobs: Jobs;
  readonly #logger = {
    info: (_: object, message: string): void => void this.logged.push(message),
    warn: (_: object, message: string): void => void this.logged.push(message),
    error: (_: object, message: string): void => void this.logged.push(message),
  } as JobsOptions['logger'];

  constructor({ folder, settings, store, clock = new ManualClock() }: TestJobsOptions) {
    this.clock = clock;
    this.store = store ?? new MemoryJobStore(this.clock);
    const events = new MemoryEventBus();
    events.subscribe(({ type, data }) => void (type === 'job.changed' && this.states.push(data.state)));
    const all = { perCaller: 50, maxQueued: 1000, maxRunning: 2, maxBytes: 1e9, maxBytesPerCaller: 1e9 };
    this.jobs = new Jobs({
      store: this.store,
      outputs: new FileOutputStore({ folder }),
      leaseMs: LEASE_MS,
      settings: () => ({ ...all, retentionMs: RETENTION_MS, ...settings }),
      execute: (execution) =>
        new Promise((resolve) => {
          this.runs.push({ execution, end: (result = done) => resolve(result) });
        }),
      readHintOf: (id) => (stream, offset) => `read ${stream} of ${id} from ${offset}`,
      busyTools: () => [],
      events,
      logger: this.#logger,
      onEndedOutsideRun: ({ state }) => this.endedOutsideRun.push(state),
      clock: this.clock,
    });
  }

  async create(caller = 'ann', more: object = {}): Promise<JobRecord> {
    const order = { tool: 'work', arguments: {}, timeoutMs: 1_000_000, maxOutputBytes: 10, repeatable: false };
    const created = await this.jobs.create({ ...order, caller, ...more });
    await settled();
    if (!('job' in created)) throw new Error(created.kind);
    return created.job;
  }

  /** Ends what still runs, since nothing else does. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.runs) run.end();
    await this.jobs[Symbol.asyncDispose]();
  }

  async stateOf({ id }: JobRecord): Promise<string | undefined> {
    await settled();
    return (await this.jobs.get(id))?.state;
  }
}

/** A store in memory that others share, and that can be away. */
export function sharedStore(clock: ManualClock): JobStore & { isDown: boolean } {
  const memory = new MemoryJobStore(clock);
  const state = { isDown: false, isShared: true };
  return new Proxy<JobStore & { isDown: boolean }>(memory as never, {
    get(target, name) {
      if (name in state) return Reflect.get(state, name) as boolean;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return state.isDown ? () => Promise.reject(new Error('down')) : member.bind(target);
    },
    set: (_, name, value) => Reflect.set(state, name, value),
  });
}

/** Everything that needs no timer has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
}
