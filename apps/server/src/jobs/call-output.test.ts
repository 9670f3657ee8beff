import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { MemoryJobStore } from './stores/memory-job-store.ts';
import { RETENTION_MS, settled, sharedStore, TestJobs } from './test-support/test-jobs.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'call-output-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function keep(started: TestJobs, text: string, caller = 'ann'): Promise<string | undefined> {
  const kept = started.jobs.keepCall('print', caller);
  kept.write('stdout', Buffer.from(text));
  kept.write('stderr', Buffer.from('!'));
  const closing = kept.close();
  await settled();
  const hint = (await closing)?.('stdout', 5);
  return hint === undefined ? undefined : /read stdout of (?<id>\S{27}) from 5/.exec(hint)?.groups?.['id'];
}

test('the output of a call is read under an id of its own, until its retention is over', async () => {
  await using started = new TestJobs({ folder });
  const id = (await keep(started, 'all of it')) ?? '';
  const job = await started.jobs.get(id);
  expect(job).toMatchObject({ tool: 'print', caller: 'ann', state: 'completed', stdoutBytes: 9, stderrBytes: 1 });
  expect((await started.jobs.page(job!, 'stdout', { offset: 4, limit: 99 })).text).toBe('of it');
  expect(started.states).toEqual([]);
  await started.clock.advanceAsync(RETENTION_MS + 1001);
  await settled();
  expect(await started.jobs.get(id)).toBeUndefined();
  await expect.poll(() => readdirSync(folder)).toEqual([]);
});

test('the output of a call that takes longer than the retention is there when it ends', async () => {
  await using started = new TestJobs({ folder });
  const kept = started.jobs.keepCall('print', 'ann');
  kept.write('stdout', Buffer.from('first'));
  await settled();
  await started.create();
  await started.clock.advanceAsync(RETENTION_MS + 1001);
  expect((await started.jobs.usage()).jobs.get('completed')).toBe(1);
  kept.write('stdout', Buffer.from(' and last'));
  const closing = kept.close();
  await settled();
  const id = /read stdout of (?<id>\S{27}) from 0/.exec((await closing)?.('stdout', 0) ?? '')?.groups?.['id'] ?? '';
  const job = await started.jobs.get(id);
  expect((await started.jobs.page(job!, 'stdout', { offset: 0, limit: 99 })).text).toBe('first and last');
  await started.clock.advanceAsync(RETENTION_MS + 1001);
  await settled();
  expect(await started.jobs.get(id)).toBeUndefined();
});

test('the oldest output goes first beyond the bytes of a caller, soon after the newest has ended', async () => {
  await using started = new TestJobs({ folder, settings: { maxBytesPerCaller: 25 } });
  const ids: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    ids.push((await keep(started, '123456789')) ?? '');
    started.clock.advance(1);
  }
  const other = (await keep(started, '123456789', 'bob')) ?? '';
  await started.clock.advanceAsync(1000);
  await settled();
  const removed = await Promise.all([...ids, other].map(async (id) => (await started.jobs.get(id))?.outputRemoved));
  expect(removed).toEqual([true, true, false, false, false]);
});

test('a call whose output cannot be written is answered without a way to it, and leaves nothing', async () => {
  await using started = new TestJobs({ folder });
  rmSync(folder, { recursive: true });
  expect(await keep(started, 'all of it')).toBeUndefined();
  await settled();
  expect((await started.jobs.usage()).jobs.size).toBe(0);
  expect(started.logged).toEqual(['job.store_failed']);
});

test('a call waits two seconds at most for a store that does not answer', async () => {
  const clock = new ManualClock();
  let answer = (): void => undefined;
  const store = new MemoryJobStore(clock);
  const keeping = store.keep.bind(store);
  const slow = Object.assign(store, {
    keep: (...call: Parameters<typeof keeping>) =>
      new Promise<void>((resolve) => void (answer = () => resolve(keeping(...call)))),
  });
  await using started = new TestJobs({ folder, clock, store: slow });
  const kept = started.jobs.keepCall('print', 'ann');
  kept.write('stdout', Buffer.from('all of it'));
  const closing = kept.close();
  await settled();
  await clock.advanceAsync(2000);
  expect(await closing).toBeUndefined();
  answer();
  await settled();
  expect((await started.jobs.usage()).jobs.size).toBe(0);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
});

test('a call is answered while the store is away', async () => {
  const clock = new ManualClock();
  const store = sharedStore(clock);
  await using started = new TestJobs({ folder, clock, store });
  store.isDown = true;
  expect(await keep(started, 'all of it')).toBeUndefined();
  store.isDown = false;
});
