import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import type { ProgramResult } from '../programs/program-runner.ts';
import { HealthMonitor } from '../monitor/health-monitor.ts';
import { commandCheck } from './command.ts';
import type { CommandCheckOptions } from './command.ts';

async function run(check: CheckDefinition, signal = new AbortController().signal): Promise<CheckOutcome> {
  return check.run({ signal });
}

function shell(script: string, rest: Partial<CommandCheckOptions> = {}): CheckDefinition {
  return commandCheck({ name: 'probe', command: '/bin/sh', args: ['-c', script], ...rest });
}

/** The processes, zombies aside, whose command line holds a mark of this test. */
function running(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

describe('exit codes', () => {
  test.each([
    ['exit 0', undefined, 'healthy'],
    ['exit 1', undefined, 'unhealthy'],
    ['exit 1', { 0: 'healthy', 1: 'degraded' }, 'degraded'],
    ['kill -9 $$', undefined, 'unhealthy'],
  ] as const)('%s with %o is %s', async (script, exitCodes, status) => {
    expect(await run(shell(script, { exitCodes }))).toMatchObject({ status });
  });

  test('shows the last line of the output', async () => {
    const outcome = await run(shell('echo first; echo "disk \u001b[31mgone" >&2; exit 2'));
    expect(outcome).toMatchObject({ status: 'unhealthy', observedValue: 2, message: 'exit code 2: disk [31mgone' });
  });

  test('the output can decide', async () => {
    const check = shell('echo 42', {
      evaluate: ({ stdout }: ProgramResult) => ({ status: stdout === '42\n' ? 'degraded' : 'healthy' }),
    });
    expect(await run(check)).toEqual({ status: 'degraded' });
  });

  test('fails with the error code, without the path, when the program does not exist', async () => {
    await expect(run(commandCheck({ name: 'x', command: '/no/such/program' }))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(() => commandCheck({ name: 'x', command: '' })).toThrow(/command must be a program/);
  });
});

describe('environment and arguments', () => {
  test('the environment is PATH and LANG only', async () => {
    process.env['HEALTH_TEST_SECRET'] = 'hunter2';
    const check = commandCheck({
      name: 'env',
      command: 'env',
      evaluate: ({ stdout }) => ({ status: 'healthy', message: stdout.replaceAll(/=.*\n/g, ' ') }),
    });
    const { message } = await run(check);
    delete process.env['HEALTH_TEST_SECRET'];
    expect(message?.trim().split(' ').sort()).toEqual(['LANG', 'PATH']);
  });

  test('arguments are passed unchanged, without a shell', async () => {
    const check = commandCheck({
      name: 'echo',
      command: '/bin/echo',
      args: ['$(id)', '; true', '*'],
      evaluate: ({ stdout }) => ({ status: 'healthy', message: stdout }),
    });
    expect((await run(check)).message).toBe('$(id) ; true *\n');
  });
});

describe('output', () => {
  test('is kept up to 64 KiB of each stream, and a program that writes more is neither blocked nor ended', async () => {
    let kept = 0;
    const check = shell('head -c 3000000 /dev/zero; exit 0', {
      evaluate: (result) => {
        kept = result.stdout.length;
        const { exitCode, outputBytes, truncated } = result;
        return { status: 'healthy', metadata: { exitCode, outputBytes, truncated } };
      },
    });
    expect(await run(check)).toMatchObject({ metadata: { exitCode: 0, outputBytes: 3_000_000, truncated: true } });
    expect(kept).toBe(65_536);
  });
});

describe('a runner passed by the caller', () => {
  test('starts the program instead, and its output and exit code decide', async () => {
    const requests: unknown[] = [];
    const check = commandCheck({
      name: 'probe',
      command: 'lpstat',
      args: ['-p'],
      runProgram: async (request, { signal, onOutput }) => {
        requests.push(request, signal.aborted);
        onOutput('stdout', Buffer.from('one\n'));
        onOutput('stderr', Buffer.from('no printer\n'));
        return { exitCode: 3, signal: null };
      },
    });
    expect(await run(check)).toMatchObject({
      status: 'unhealthy',
      observedValue: 3,
      message: 'exit code 3: no printer',
      metadata: { outputBytes: 15, truncated: false },
    });
    expect(requests).toEqual([{ command: 'lpstat', args: ['-p'], env: undefined, killGraceMs: 500 }, false]);
  });

  test('makes the check unhealthy when it cannot start the program', async () => {
    const runProgram = () => Promise.reject(new Error('the program is not installed'));
    const monitor = new HealthMonitor({ checks: [commandCheck({ name: 'probe', command: 'lpstat', runProgram })] });
    expect((await monitor.refresh()).checks).toMatchObject([
      { status: 'unhealthy', message: 'the program is not installed' },
    ]);
  });
});

describe.runIf(process.platform === 'linux')('processes left running', () => {
  test('none after a normal exit: remaining children are ended', async () => {
    const outcome = await run(shell('sleep 71.001 & (sleep 71.001 &) ; exit 0'));
    expect(outcome.status).toBe('healthy');
    expect(running('71.001')).toEqual([]);
  });

  test('none after an abort, children and grandchildren included', async () => {
    const controller = new AbortController();
    const check = shell('sh -c "sleep 72.002 & sleep 72.002" & sleep 72.002');
    const outcome = run(check, controller.signal);
    await vi.waitFor(() => expect(running('sleep\u000072.002')).toHaveLength(3), { timeout: 20_000 });
    controller.abort();
    await outcome;
    expect(running('72.002')).toEqual([]);
  });

  test('none when the program ignores SIGTERM: SIGKILL follows after the grace period', async () => {
    const controller = new AbortController();
    const script = `trap '' TERM; while :; do sleep 73.003; done`;
    const outcome = run(shell(script, { killGraceMs: 100 }), controller.signal);
    await vi.waitFor(() => expect(running('sleep\u000073.003')).toHaveLength(1), { timeout: 20_000 });
    controller.abort();
    expect(await outcome).toMatchObject({ status: 'unhealthy', message: 'ended by SIGKILL' });
    expect(running('73.003')).toEqual([]);
  });

  test('the program may end by itself within the grace period', async () => {
    const controller = new AbortController();
    const outcome = run(shell(`trap 'exit 5' TERM; sleep 75.005 & wait`, { killGraceMs: 5000 }), controller.signal);
    await vi.waitFor(() => expect(running('sleep\u000075.005')).toHaveLength(1), { timeout: 20_000 });
    controller.abort();
    expect(await outcome).toMatchObject({ observedValue: 5 });
    expect(running('75.005')).toEqual([]);
  });

  test('a run that is already aborted starts nothing', async () => {
    await expect(run(shell('sleep 74.004'), AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(running('74.004')).toEqual([]);
  });
});
