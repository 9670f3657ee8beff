import { expect, test, vi } from 'vitest';
import { createLauncher, type LauncherOptions, type ProgramSpec } from '../index.ts';

function spec(script: string): ProgramSpec {
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  return { program: '/bin/sh', args, maxOutputBytes: 65_536, graceMs: 300 };
}

test('a helper process that hangs is replaced, and its runs end as unavailable', { timeout: 120_000 }, async () => {
  const onChange = vi.fn<NonNullable<LauncherOptions['onChange']>>();
  await using launcher = await createLauncher({ onChange });
  const helper = Promise.withResolvers<number>();
  const run = launcher.run(spec('echo $PPID; sleep 60'), {
    onOutput: (_, bytes) => helper.resolve(Number(Buffer.from(bytes).toString())),
  });
  expect(launcher.problem).toBeUndefined();
  process.kill(await helper.promise, 'SIGSTOP');
  await expect(run).rejects.toMatchObject({ type: 'unavailable' });
  await vi.waitFor(() => expect(onChange.mock.calls.map(([event]) => event.state)).toEqual(['lost', 'ready']), {
    timeout: 60_000,
  });
  expect(launcher.problem).toContain('hung');
  expect(await launcher.run(spec('true'), { onOutput: () => {} })).toMatchObject({ exitCode: 0 });
});
