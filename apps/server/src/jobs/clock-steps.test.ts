/** A wall clock that is set while jobs wait and run, as after a sleep of the machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { LEASE_MS, settled, TestJobs } from './test-support/test-jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'clock-steps-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 100_000;
/** What the run of a job is given beyond its time. */
const SPARE_MS = 90_000;

test.each([2 * HOUR_MS, -2 * HOUR_MS])('by %i ms ends no job, and takes none of its time', async (ms) => {
  const started = new TestJobs({ folder, settings: { maxRunning: 1 } });
  const [running, queued] = [
    await started.create('ann', { timeoutMs: TIMEOUT_MS }),
    await started.create('ann', { timeoutMs: TIMEOUT_MS }),
  ];
  await started.clock.advanceAsync(LEASE_MS);
  started.clock.stepEpoch(ms);
  await started.clock.advanceAsync(LEASE_MS);
  await started.create();
  await settled();
  expect([await started.stateOf(running), await started.stateOf(queued)]).toEqual(['running', 'queued']);
  started.runs[0]?.end();
  expect([await started.stateOf(running), await started.stateOf(queued)]).toEqual(['completed', 'running']);
});

test('forward leaves every job its end: it is expired when its own time is over', async () => {
  const started = new TestJobs({ folder, settings: { maxRunning: 1, retentionMs: HOUR_MS } });
  for (const _ of ['running', 'queued']) await started.create('ann', { timeoutMs: TIMEOUT_MS });
  started.clock.stepEpoch(2 * HOUR_MS);
  for (let seconds = 0; seconds < (TIMEOUT_MS + SPARE_MS) / 1000 + 60; seconds += 10) {
    await started.clock.advanceAsync(10_000);
    await settled();
  }
  expect(started.states).toEqual(['queued', 'running', 'queued', 'expired', 'expired']);
});
