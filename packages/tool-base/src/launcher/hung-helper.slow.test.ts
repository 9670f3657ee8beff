import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { createLauncher, type LauncherOptions, type ProgramSpec } from '../index.ts';

function spec(script: string): ProgramSpec {
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  return { program: '/bin/sh', args, maxOutputBytes: 65_536, graceMs: 300 };
}

const isRunning = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

test(
  'a helper process that is stopped is replaced within two seconds, and everything it started is gone',
  { timeout: 30_000 },
  async () => {
    const onChange = vi.fn<NonNullable<LauncherOptions['onChange']>>();
    await using launcher = await createLauncher({ onChange });
    const ids = Promise.withResolvers<number[]>();
    // The program hides from its environment and its folder, and its child from its group.
    const script = 'cd /; exec env -i sh -c "setsid sleep 60 & echo $PPID $$ \\$!; wait"';
    const run = launcher.run(spec(script), {
      onOutput: (_, bytes) => ids.resolve(Buffer.from(bytes).toString().trim().split(' ').map(Number)),
    });
    const [helper = 0, ...programs] = await ids.promise;
    const stoppedAtMs = performance.now();
    process.kill(helper, 'SIGSTOP');
    await expect(run).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('outcome of this call is unknown'),
      suggestion: expect.stringContaining('before you call again'),
      retryAfterMs: undefined,
    });
    expect(performance.now() - stoppedAtMs).toBeLessThan(5000);
    await vi.waitFor(() => expect([helper, ...programs].filter(isRunning)).toEqual([]), 5000);
    await vi.waitFor(
      () => expect(onChange.mock.calls.map(([event]) => event.state)).toEqual(['lost', 'ready']),
      10_000,
    );
    expect(launcher.problem).toBeUndefined();
    expect(await launcher.run(spec('true'), { onOutput: () => {} })).toMatchObject({ exitCode: 0 });
  },
);

test('an idle helper process that is stopped is replaced before the next call', { timeout: 30_000 }, async () => {
  const onChange = vi.fn<NonNullable<LauncherOptions['onChange']>>();
  await using launcher = await createLauncher({ onChange });
  let helper = 0;
  const onOutput = (_: unknown, bytes: Uint8Array): void => void (helper = Number(Buffer.from(bytes).toString()));
  await launcher.run(spec('echo $PPID'), { onOutput });
  process.kill(helper, 'SIGSTOP');
  await vi.waitFor(() => expect(onChange.mock.calls.map(([event]) => event.state)).toEqual(['lost', 'ready']), 10_000);
  expect(await launcher.run(spec('true'), { onOutput })).toMatchObject({ exitCode: 0 });
});

test(
  'calls that come while a helper process is started again are run by the next one',
  { timeout: 30_000 },
  async () => {
    await using launcher = await createLauncher();
    let helper = 0;
    const onOutput = (_: unknown, bytes: Uint8Array): void => void (helper = Number(Buffer.from(bytes).toString()));
    await launcher.run(spec('echo $PPID'), { onOutput });
    process.kill(helper, 'SIGKILL');
    await vi.waitFor(() => expect(launcher.problem).toBeDefined(), 5000);
    const cancelled = new AbortController();
    const runs = [1, 2, 3].map(() => launcher.run(spec('true'), { onOutput }));
    const gone = launcher.run(spec('true'), { onOutput, signal: cancelled.signal });
    cancelled.abort();
    expect(await gone).toMatchObject({ signal: 'SIGTERM' });
    expect(await Promise.all(runs)).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }, { exitCode: 0 }]);
  },
);
