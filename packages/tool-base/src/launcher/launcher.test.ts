import { readFileSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLauncher, directLauncher, type Launcher, type LauncherOptions, type ProgramSpec } from '../index.ts';
import { killProcess } from './processes/orphan-programs.ts';
import { isGroupAlive, signalGroup } from './processes/process-group.ts';

interface Outcome {
  readonly end: Awaited<ReturnType<Launcher['run']>>;
  readonly stdout: string;
  readonly stderr: string;
}

function spec(script: string, more: Partial<ProgramSpec> = {}): ProgramSpec {
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  return { program: '/bin/sh', args, maxOutputBytes: 65_536, graceMs: 300, ...more };
}

/** @param onStdout called with everything that has come so far */
async function run(
  launcher: Launcher,
  what: ProgramSpec,
  signal?: AbortSignal,
  onStdout?: (stdout: string) => void,
): Promise<Outcome> {
  const text = { stdout: '', stderr: '' };
  const end = await launcher.run(what, {
    ...(signal === undefined ? {} : { signal }),
    onOutput(stream, bytes) {
      text[stream] += Buffer.from(bytes).toString();
      onStdout?.(text.stdout);
    },
  });
  return { end, ...text };
}

/** The caller cancels as soon as the program has printed its first line. */
function cancelAfterFirstLine(launcher: Launcher, what: ProgramSpec): Promise<Outcome> {
  const caller = new AbortController();
  return run(launcher, what, caller.signal, (stdout) => {
    if (stdout.includes('\n')) caller.abort();
  });
}

/** Resolves when the condition holds; the test's own time limit is the bound. */
function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 5 });
}

const isRunning = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

describe.each([
  ['in this process', async (): Promise<Launcher> => directLauncher()],
  ['in the helper process', (): Promise<Launcher> => createLauncher()],
])('a program started %s', (_, create) => {
  let launcher: Launcher;
  beforeAll(async () => {
    launcher = await create();
  });
  afterAll(async () => {
    await launcher[Symbol.asyncDispose]();
  });

  test('returns its output by stream, and its exit code', async () => {
    const { end, stdout, stderr } = await run(launcher, spec('echo out; echo err >&2; exit 3'));
    expect(end).toEqual({ started: true, exitCode: 3, signal: null, truncated: false, outputBytes: 8 });
    expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
  });

  test('gets its arguments byte for byte', async () => {
    const args = ['%s\\n', 'a b', '$(id)', '`id`', '; id', '"\'', '\\', 'ü😀', ''].map((text) => ({
      text,
      role: 'fixed' as const,
    }));
    const { stdout } = await run(launcher, { ...spec(''), program: '/usr/bin/printf', args });
    expect(stdout).toBe('a b\n$(id)\n`id`\n; id\n"\'\n\\\nü😀\n\n');
  });

  test('that is missing or no program reports why it did not start', async () => {
    const bare = { ...spec(''), args: [] };
    expect((await run(launcher, { ...bare, program: '/no/such/program' })).end).toEqual({
      started: false,
      code: 'ENOENT',
    });
    expect((await run(launcher, { ...bare, program: '/etc/passwd' })).end).toEqual({ started: false, code: 'EACCES' });
    expect((await run(launcher, { ...bare, program: '/etc' })).end).toEqual({ started: false, code: 'EACCES' });
  });

  test('with an argument list that the check refuses is not started', async () => {
    const args = [{ text: '-x', role: 'value' as const }];
    expect((await run(launcher, { ...spec(''), args })).end).toEqual({ started: false, code: 'EINVAL' });
  });

  test('gets SIGTERM when its caller cancels, with everything in its group', async () => {
    const { end, stdout } = await cancelAfterFirstLine(launcher, spec('sleep 30 & echo $!; wait'));
    expect(end).toMatchObject({ started: true, exitCode: null, signal: 'SIGTERM' });
    expect(isRunning(Number(stdout))).toBe(false);
  });

  test('that ignores the request is killed after the grace period', async () => {
    const startedAt = performance.now();
    const { end } = await cancelAfterFirstLine(launcher, spec('trap "" TERM; echo ready; sleep 30; sleep 30'));
    expect(end).toMatchObject({ signal: 'SIGKILL' });
    expect(performance.now() - startedAt).toBeGreaterThan(300);
  });

  test('may clean up within the grace period', async () => {
    const script = 'trap "echo cleaned; exit 4" TERM; echo ready; sleep 30 & wait';
    const { end, stdout } = await cancelAfterFirstLine(launcher, spec(script, { graceMs: 2000 }));
    expect(end).toMatchObject({ exitCode: 4 });
    expect(stdout).toBe('ready\ncleaned\n');
  });

  test('leaves nothing of its group behind after an ordinary exit', async () => {
    const { end, stdout } = await run(launcher, spec('(trap "" TERM; sleep 30; sleep 30) >/dev/null 2>&1 & echo $!'));
    expect(end).toMatchObject({ exitCode: 0 });
    expect(isRunning(Number(stdout))).toBe(false);
  });

  test('ends with its exit, even if a process that left the group keeps its pipes open', async () => {
    const startedAt = performance.now();
    const { end, stdout } = await run(
      launcher,
      spec('setsid sh -c "echo $$ >/dev/null; sleep 4" & sleep 0.2; echo done'),
    );
    expect(end).toMatchObject({ exitCode: 0 });
    expect(stdout).toBe('done\n');
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  test('that prints without end is ended at the limit, and its head is kept', async () => {
    const { end, stdout } = await run(launcher, spec('yes', { maxOutputBytes: 1001 }));
    expect(end).toMatchObject({ truncated: true, outputBytes: 1001 });
    expect(stdout).toHaveLength(1001);
  });

  test('that prints exactly the limit is not cut', async () => {
    const { end } = await run(launcher, spec('printf abcd; printf ef >&2', { maxOutputBytes: 6 }));
    expect(end).toEqual({ started: true, exitCode: 0, signal: null, truncated: false, outputBytes: 6 });
  });

  test('of a cancelled call is not started', async () => {
    const { end, stdout } = await run(launcher, spec('echo x'), AbortSignal.abort());
    expect(end).toMatchObject({ signal: 'SIGTERM', outputBytes: 0 });
    expect(stdout).toBe('');
  });

  test('whose output listener throws is stopped, and the run rejects with the error', async () => {
    const reason = new Error('full');
    const onOutput = (): never => {
      throw reason;
    };
    await expect(launcher.run(spec('echo x; sleep 30'), { onOutput })).rejects.toBe(reason);
    expect((await run(launcher, spec('echo y'))).stdout).toBe('y\n');
  });

  test('reads what it is given on stdin, and without that nothing', async () => {
    const stdin = Buffer.alloc(300_000, 'ab\n');
    const given = await run(launcher, spec('cat', { stdin, maxOutputBytes: 2 ** 20 }));
    expect(Buffer.from(given.stdout).equals(stdin)).toBe(true);
    expect((await run(launcher, spec('cat; echo end', { stdin: new Uint8Array() }))).stdout).toBe('end\n');
    expect((await run(launcher, spec('readlink /proc/self/fd/0'))).stdout).toBe('/dev/null\n');
  });

  test('may end without reading its stdin', async () => {
    const { end } = await run(launcher, spec('exec <&-; sleep 0.05', { stdin: Buffer.alloc(2 ** 20) }));
    expect(end).toMatchObject({ exitCode: 0 });
  });

  test('with more on stdin than a run may have is not started', async () => {
    const { end } = await run(launcher, spec('cat', { stdin: Buffer.alloc(2 ** 20 + 1) }));
    expect(end).toEqual({ started: false, code: 'E2BIG' });
  });

  test('runs in a folder of its own that is gone afterwards, whatever was left in it', async () => {
    const { stdout } = await run(launcher, spec('pwd; mkdir -p a/b; echo x > a/b/c; chmod 0 a/b/c'));
    await until(() => !existsSync(stdout.trim()));
    expect(stdout).toContain('/mcp-tools-');
  });
});

describe('disposing of a launcher', () => {
  test.each([
    ['direct', async (): Promise<Launcher> => directLauncher()],
    ['helper', (): Promise<Launcher> => createLauncher()],
  ])('(%s) ends what runs, after its grace period, and refuses what comes later', async (_, create) => {
    const launcher = await create();
    const running = run(launcher, spec('sleep 30'));
    let isReady = false;
    const script = 'trap "" TERM; echo ready; sleep 30; sleep 30';
    const stubborn = run(launcher, spec(script), undefined, () => (isReady = true));
    await until(() => launcher.running === 2 && isReady);
    await launcher[Symbol.asyncDispose]();
    expect((await running).end).toMatchObject({ signal: 'SIGTERM' });
    expect((await stubborn).end).toMatchObject({ signal: 'SIGKILL' });
    await expect(run(launcher, spec('echo x'))).rejects.toMatchObject({ type: 'cancelled' });
    await launcher[Symbol.asyncDispose]();
  });
});

describe('the helper process', () => {
  test('that is lost takes its programs with it and comes back, and a call that comes meanwhile waits for it', async () => {
    const onChange = vi.fn<NonNullable<LauncherOptions['onChange']>>();
    await using launcher = await createLauncher({ onChange });
    const caught = run(launcher, spec('echo $PPID $$; sleep 30 & wait')).catch((error: unknown) => error);
    let ids: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const watched = launcher
      .run(spec('echo $PPID $$; sleep 30 & wait'), {
        onOutput(_, bytes) {
          ids = Buffer.from(bytes).toString().trim().split(' ').map(Number);
          resolve();
        },
      })
      .catch((error: unknown) => error);
    await promise;
    killProcess(ids[0]!);
    // What ran may have had its effect, so the advice is not to call again.
    expect(await watched).toMatchObject({ type: 'unavailable', retryAfterMs: undefined });
    expect(await caught).toMatchObject({ type: 'unavailable' });
    expect(await run(launcher, spec('echo x'))).toMatchObject({ stdout: 'x\n' });
    await until(() => !isGroupAlive(ids[1]));
    await until(() => onChange.mock.calls.length >= 2);
    expect(onChange.mock.calls.map(([event]) => event.state)).toEqual(['lost', 'ready']);
    expect((await run(launcher, spec('echo back'))).stdout).toBe('back\n');
    expect(launcher.running).toBe(0);
  });

  test('ignores signals: the server decides when programs end', async () => {
    await using launcher = await createLauncher();
    const script = 'kill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID; sleep 0.1; echo alive';
    expect((await run(launcher, spec(script))).stdout).toBe('alive\n');
  });

  test('survives a program that kills its parent, as far as the server is concerned', async () => {
    await using launcher = await createLauncher();
    await expect(run(launcher, spec('kill -9 $PPID; sleep 5'))).rejects.toMatchObject({ type: 'unavailable' });
    await vi.waitFor(async () => expect((await run(launcher, spec('echo x'))).stdout).toBe('x\n'), { timeout: 15_000 });
  });

  test('runs no more programs than allowed', async () => {
    await using launcher = await createLauncher({ maxPrograms: 1 });
    const caller = new AbortController();
    const first = run(launcher, spec('sleep 30'), caller.signal);
    await expect(run(launcher, spec('echo x'))).rejects.toMatchObject({ type: 'resource_exhausted' });
    caller.abort();
    await first;
    expect((await run(launcher, spec('echo x'))).stdout).toBe('x\n');
  });

  test.each([0, 1.5, 10_001])('refuses %s as maxPrograms', async (maxPrograms) => {
    await expect(createLauncher({ maxPrograms })).rejects.toThrow(`not ${maxPrograms}`);
  });
});

describe('signals', () => {
  test.each([undefined, 0, 1, -1, 1.5, Number.NaN])('are never sent to group %s', (pid) => {
    const kill = vi.spyOn(process, 'kill');
    expect(signalGroup(pid, 'SIGTERM')).toBe(false);
    expect(kill).not.toHaveBeenCalled();
  });
});

test.runIf(process.platform === 'linux')('where memory runs out, programs end before the server', async () => {
  await using launcher = await createLauncher();
  const { stdout } = await run(launcher, spec('cat /proc/self/oom_score_adj'));
  const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
  expect(Number(stdout)).toBe(Math.min(1000, own + 500));
});
