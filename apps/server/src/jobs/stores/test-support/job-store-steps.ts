/** Random steps on a store, for a test that runs them on several stores and compares what they answer. */
import * as fc from 'fast-check';

import { FINAL_STATES, OPEN_STATES, type JobInput, type JobOrder, type JobRecord } from '../../record/job-record.ts';
import type { JobStore } from '../job-store.ts';

export type Step =
  | {
      readonly step: 'create';
      readonly caller: number;
      readonly key: number;
      readonly value: number;
      readonly repeatable: boolean;
    }
  | { readonly step: 'claim'; readonly owner: number; readonly busy: boolean }
  | { readonly step: 'renew' | 'release'; readonly owner: number }
  | { readonly step: 'report' | 'finish' | 'wait' | 'discard' | 'giveUp'; readonly job: number; readonly late: boolean }
  | { readonly step: 'respond'; readonly job: number; readonly keys: readonly string[] }
  | { readonly step: 'cancel'; readonly job: number }
  | { readonly step: 'keep'; readonly caller: number; readonly bytes: number }
  | { readonly step: 'reap' | 'prune' | 'pruneOutput' }
  | { readonly step: 'advance' | 'postpone'; readonly ms: number };

const job = fc.nat(9);
const owner = fc.nat(2);
const late = fc.boolean();

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        step: fc.constant('create' as const),
        caller: fc.nat(2),
        key: fc.nat(3),
        value: fc.nat(1),
        repeatable: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ step: fc.constant('claim' as const), owner, busy: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('renew' as const, 'release' as const), owner }) },
    {
      weight: 5,
      arbitrary: fc.record({
        step: fc.constantFrom(
          'report' as const,
          'finish' as const,
          'wait' as const,
          'discard' as const,
          'giveUp' as const,
        ),
        job,
        late,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        step: fc.constant('respond' as const),
        job,
        keys: fc.subarray(['a', 'b', 'other']),
      }),
    },
    { weight: 2, arbitrary: fc.record({ step: fc.constant('cancel' as const), job }) },
    {
      weight: 1,
      arbitrary: fc.record({ step: fc.constant('keep' as const), caller: fc.nat(2), bytes: fc.nat(20) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        step: fc.constantFrom('reap' as const, 'prune' as const, 'pruneOutput' as const),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ step: fc.constant('advance' as const), ms: fc.constantFrom(1, 5000, 16_000, 90_000) }),
    },
    { weight: 1, arbitrary: fc.record({ step: fc.constant('postpone' as const), ms: fc.constant(20_000) }) },
  ),
  { maxLength: 60 },
);

const LEASE_MS = 15_000;
const RETENTION_MS = 60_000;
const LISTED = 50;
const INPUT: JobInput = { requests: { a: 1, b: 2 }, responses: {}, round: null };

/** Jobs are made under ids of the test, so that all stores have the same. */
function idOf(index: number): string {
  return String(index).padStart(27, '0');
}

function orderOf(step: Extract<Step, { step: 'create' }>, index: number): JobOrder {
  return {
    id: idOf(index),
    tool: step.caller === 0 ? 'busy' : 'work',
    caller: `caller${step.caller}`,
    arguments: { value: step.value },
    timeoutMs: 30_000,
    maxOutputBytes: 1000,
    repeatable: step.repeatable,
    idempotencyKey: step.key === 0 ? undefined : `key${step.key}`,
  };
}

/** @returns what the store answered, in a form that is equal for equal answers */
export async function perform(store: JobStore, step: Step, index: number): Promise<unknown> {
  switch (step.step) {
    case 'create':
      return store.create(orderOf(step, index), { perCaller: 5, maxQueued: 8 });
    case 'claim':
      return store.claim({ owner: `runner${step.owner}`, leaseMs: LEASE_MS }, step.busy ? ['busy'] : []);
    case 'renew':
      return sortedById(await store.renew({ owner: `runner${step.owner}`, leaseMs: LEASE_MS }));
    case 'release':
      return sortedById(await store.release(`runner${step.owner}`, RETENTION_MS));
    case 'cancel':
      return store.cancel(await nth(store, step.job), RETENTION_MS);
    case 'keep': {
      const call = { id: idOf(index), tool: 'work', caller: `caller${step.caller}`, stdoutBytes: 0, stderrBytes: 0 };
      await store.keep(call, RETENTION_MS);
      return store.keep({ ...call, stdoutBytes: step.bytes, stderrBytes: 1 }, RETENTION_MS);
    }
    case 'respond':
      return store.respond(await nth(store, step.job), Object.fromEntries(step.keys.map((key) => [key, key])));
    case 'reap':
      return [
        sortedById(await store.reap(`reaper${index}`, RETENTION_MS)),
        sortedById(await store.reapedBy(`reaper${index}`)),
      ];
    case 'prune':
      return (await store.prune()).toSorted();
    case 'pruneOutput':
      return (await store.pruneOutput({ maxBytes: 25, maxBytesPerCaller: 15 })).toSorted();
    case 'postpone':
      return store.postpone(step.ms);
    case 'advance':
      return undefined;
    case 'report':
    case 'wait':
    case 'discard':
    case 'giveUp':
    case 'finish':
      return performHeld(store, step);
  }
}

/** @param late whether the fence is one of an earlier claim */
async function performHeld(
  store: JobStore,
  { step, job: index, late: isLate }: Extract<Step, { late: boolean }>,
): Promise<unknown> {
  const id = await nth(store, index);
  const fence = ((await store.get(id))?.fence ?? 0) - (isLate ? 1 : 0);
  const progress = { stdoutBytes: 7, stderrBytes: 3, message: 'half' };
  switch (step) {
    case 'report':
      return store.report(id, fence, progress);
    case 'wait':
      return store.wait(id, fence, INPUT, RETENTION_MS);
    case 'discard':
      return store.discard(id, fence);
    case 'giveUp':
      return store.giveUp(id, fence, RETENTION_MS);
    case 'finish': {
      const error = { type: 'internal_error', message: 'no' } as const;
      return store.finish(id, fence, { state: 'failed', error }, progress, RETENTION_MS);
    }
  }
}

async function nth(store: JobStore, index: number): Promise<string> {
  const jobs = await all(store);
  return jobs[index % Math.max(1, jobs.length)]?.id ?? idOf(999);
}

export async function all(store: JobStore): Promise<readonly JobRecord[]> {
  return sortedById(await store.list({ states: [...OPEN_STATES, ...FINAL_STATES], limit: LISTED }));
}

function sortedById<T extends { readonly id: string }>(jobs: readonly T[]): readonly T[] {
  return jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
