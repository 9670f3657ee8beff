import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import type * as processTable from './processes/process-table.ts';
import type { ProcessEntry } from './processes/process-table.ts';
import type * as starvation from './starvation.ts';

const readProcess = vi.fn<(pid: number) => ProcessEntry | undefined>();
let watchStarvation: typeof starvation.watchStarvation;

// The files of a package share their modules: the replaced one is for this file only.
beforeAll(async () => {
  vi.resetModules();
  vi.doMock(import('./processes/process-table.ts'), async (original) => ({ ...(await original()), readProcess }));
  ({ watchStarvation } = await import('./starvation.ts'));
});
afterAll(() => {
  vi.doUnmock('./processes/process-table.ts');
  vi.resetModules();
});

/** What is said of a process 500 ms after the first look. */
function saidOf(state: string, usedMs: number): boolean {
  const entry = { parent: 1, group: 2, session: 2, startTime: '1', ended: false };
  let nowMs = 0;
  readProcess.mockReturnValueOnce({ ...entry, state: 'S', cpuMs: 100 });
  const couldAnswer = watchStarvation(2, { monotonicMs: () => nowMs });
  readProcess.mockReturnValueOnce({ ...entry, state, cpuMs: 100 + usedMs });
  nowMs = 500;
  return couldAnswer();
}

test.each([
  ['waits for a processor', 'R', 20, false],
  ['has the kernel work for it', 'D', 0, false],
  ['loops', 'R', 480, true],
  ['sleeps', 'S', 0, true],
  ['is stopped', 'T', 0, true],
])('a process that %s', (_, state, usedMs, had) => {
  expect(saidOf(state, usedMs)).toBe(had);
});

test('a process of which nothing is known had its chance', () => {
  readProcess.mockReturnValue(undefined);
  expect(watchStarvation(2, { monotonicMs: () => 0 })()).toBe(true);
  expect(watchStarvation(undefined, { monotonicMs: () => 0 })()).toBe(true);
});

test.skipIf(process.platform !== 'linux')('the state of a real process is read', async () => {
  const real = (await vi.importActual<typeof processTable>('./processes/process-table.ts')).readProcess;
  const child = spawn('/bin/sh', ['-c', 'echo; read line'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  await expect
    .poll(() => real(child.pid!))
    .toMatchObject({ state: 'T', parent: process.pid, cpuMs: expect.any(Number) });
  child.kill('SIGKILL');
});
