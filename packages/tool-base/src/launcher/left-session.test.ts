/** Programs whose processes leave their session, as daemons do, without a sandbox. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createLauncher, type Launcher, type ProgramSpec } from '../index.ts';
import { readProcess } from './processes/process-table.ts';

function spec(script: string): ProgramSpec {
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  return { program: '/bin/sh', args, maxOutputBytes: 65_536, graceMs: 300 };
}

const isRunning = (pid: number): boolean => readProcess(pid)?.ended === false;

describe.skipIf(process.platform !== 'linux')('a process that left the session of its program', () => {
  let launcher: Launcher;
  beforeAll(async () => {
    launcher = await createLauncher();
  });
  afterAll(() => launcher[Symbol.asyncDispose]());

  /** @returns the process id that the program printed first */
  async function run(script: string): Promise<number> {
    let text = '';
    await launcher.run(spec(script), { onOutput: (_, bytes) => void (text += Buffer.from(bytes).toString()) });
    return Number(text);
  }

  test('is gone soon after an ordinary end, and one of a program that runs goes on', async () => {
    const stop = new AbortController();
    const other = Promise.withResolvers<number>();
    const running = launcher.run(spec('setsid sleep 600 & echo $!; exec sleep 601'), {
      signal: stop.signal,
      onOutput: (_, bytes) => other.resolve(Number(Buffer.from(bytes).toString())),
    });
    const kept = await other.promise;
    const left = await run(
      'setsid -f sh -c "echo \\$\\$; : > reported; cd /; exec sleep 600"; until [ -e reported ]; do sleep 0.01; done',
    );
    expect(left).toBeGreaterThan(1);
    await expect.poll(() => isRunning(left), { timeout: 15_000 }).toBe(false);
    expect(isRunning(kept)).toBe(true);
    stop.abort();
    await running;
    await expect.poll(() => isRunning(kept), { timeout: 15_000 }).toBe(false);
  });

  test('is gone when its program is cancelled, whatever its environment, with what it started meanwhile', async () => {
    const stop = new AbortController();
    let text = '';
    // The last of them is started about when the program is asked to end.
    const left = 'trap "sleep 600 & echo \\$!" TERM; sleep 600 & echo $$ $!; cd /; kill -TERM $$; wait; wait';
    const script = `trap "" TERM; setsid env -i PATH="$PATH" sh -c '${left}' & while :; do sleep 0.05; done`;
    await launcher.run(spec(script), {
      signal: stop.signal,
      onOutput(_, bytes) {
        text += Buffer.from(bytes).toString();
        stop.abort();
      },
    });
    const pids = text.trim().split(/\s+/).map(Number);
    expect(pids.length).toBeGreaterThan(1);
    await expect.poll(() => pids.filter(isRunning), { timeout: 15_000 }).toEqual([]);
  });
});
