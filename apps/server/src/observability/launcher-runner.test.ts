import { commandCheck } from '@mcp/health';
import {
  directLauncher,
  ToolError,
  type Launcher,
  type ProgramSpec,
  type ResourceLimits,
  type SandboxRequest,
} from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { launcherRunner } from './launcher-runner.ts';

const { signal } = new AbortController();
const LIMITS: ResourceLimits = { memoryBytes: 2 ** 30, openFiles: 256 };
const SANDBOX: SandboxRequest = {
  mode: 'limits',
  minimum: 'limits',
  read: [],
  write: [],
  network: 'host',
  syscalls: 'off',
};
const OPTIONS = { limits: LIMITS, sandboxOf: () => SANDBOX };

/** A launcher that answers each run with the next result. */
function fakeLauncher(results: (() => ReturnType<Launcher['run']>)[], specs: ProgramSpec[] = []): Launcher {
  return {
    running: 0,
    run(spec) {
      specs.push(spec);
      return (results.shift() ?? exited)();
    },
    open: () => Promise.reject(new Error('not used here')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const exited = () =>
  Promise.resolve({ started: true as const, exitCode: 0, signal: null, truncated: false, outputBytes: 0 });

test('a command of a health check runs through the launcher, with its arguments as the operator wrote them', async () => {
  const specs: ProgramSpec[] = [];
  const runProgram = launcherRunner({ ...OPTIONS, launcher: fakeLauncher([], specs) });
  const check = commandCheck({ name: 'printer', command: 'sh', args: ['-c', 'exit 0'], runProgram });
  expect(await check.run({ signal })).toMatchObject({ status: 'healthy', observedValue: 0 });
  expect(specs).toMatchObject([
    {
      program: expect.stringMatching(/^\/.*\/sh$/),
      args: [
        { text: '-c', role: 'fixed' },
        { text: 'exit 0', role: 'fixed' },
      ],
      limits: LIMITS,
      sandbox: SANDBOX,
    },
  ]);
});

test('exit code and output of a real program decide', async () => {
  await using launcher = directLauncher();
  const script = 'echo first; echo "out of paper" >&2; exit 3';
  const check = commandCheck({
    name: 'printer',
    command: '/bin/sh',
    args: ['-c', script],
    runProgram: launcherRunner({ ...OPTIONS, launcher }),
  });
  expect(await check.run({ signal })).toMatchObject({ status: 'unhealthy', message: 'exit code 3: out of paper' });
});

test('a program that is not installed fails the check without its path', async () => {
  const runProgram = launcherRunner({ ...OPTIONS, launcher: fakeLauncher([]) });
  const check = commandCheck({ name: 'printer', command: '/opt/none/lpstat', runProgram });
  await expect(check.run({ signal })).rejects.toThrow(/^the program is not installed or not executable$/);
});

test('a program that the system cannot start fails the check with the error code', async () => {
  const launcher = fakeLauncher([() => Promise.resolve({ started: false, code: 'E2BIG' })]);
  const check = commandCheck({ name: 'printer', command: 'sh', runProgram: launcherRunner({ ...OPTIONS, launcher }) });
  await expect(check.run({ signal })).rejects.toThrow('the program could not be started (E2BIG)');
});

test('a launcher at its limit is tried again until the check times out', async () => {
  const clock = new ManualClock();
  const specs: ProgramSpec[] = [];
  const full = () => Promise.reject(new ToolError('resource_exhausted', 'Full.', { retryAfterMs: 1000 }));
  const runProgram = launcherRunner({ ...OPTIONS, launcher: fakeLauncher([full, full, exited, full], specs), clock });
  const check = commandCheck({ name: 'printer', command: 'sh', runProgram });

  const outcome = check.run({ signal });
  await clock.advanceAsync(1999);
  expect(specs).toHaveLength(2);
  await clock.advanceAsync(1);
  expect(await outcome).toMatchObject({ status: 'healthy' });

  const controller = new AbortController();
  const aborted = check.run({ signal: controller.signal });
  await clock.advanceAsync(0);
  controller.abort(new Error('timed out'));
  await expect(aborted).rejects.toThrow('timed out');
  expect(clock.pendingTimers).toBe(0);
});

test('a launcher that is shutting down fails the check at once', async () => {
  const closed = () => Promise.reject(new ToolError('cancelled', 'The server is shutting down.'));
  const check = commandCheck({
    name: 'printer',
    command: 'sh',
    runProgram: launcherRunner({ ...OPTIONS, launcher: fakeLauncher([closed]) }),
  });
  await expect(check.run({ signal })).rejects.toThrow('shutting down');
});
