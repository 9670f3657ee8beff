import { readdirSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { callTool, createLauncher, defineCommandTool, Tool, type ErrorType } from '../index.ts';

const CALLS = 2000;
const CONCURRENT = 16;

/** Running processes whose command line holds the text. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^[0-9]+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });
}

const descriptorsOf = (pid: number | 'self'): number => readdirSync(`/proc/${pid}/fd`).length;

test(`after ${CALLS} calls, 200 of them aborted and 200 timed out, no process and no descriptor is left`, async () => {
  await using launcher = await createLauncher();
  // An unusual duration marks the processes of this test.
  const marker = `61.${process.pid}`;
  const script = `case $1 in quick) echo $PPID;; *) sleep ${marker} & sleep ${marker};; esac`;
  const tool = new Tool(
    defineCommandTool({
      name: 'work',
      description: 'Ends soon or never',
      command: '/bin/sh',
      allowInterpreter: true,
      args: ['-c', script, 'sh', '{kind}'],
      parameters: { kind: { type: 'enum', values: ['quick', 'endless'] } },
      concurrency: CONCURRENT,
      circuitBreaker: { timeoutIsFailure: false },
    }),
    { launcher },
  );
  const ends: Partial<Record<ErrorType | 'ok', number>> = {};
  let helper = 0;
  const one = async (call: number): Promise<void> => {
    const caller = { name: 'test' };
    const stopBy = call % 10 === 3 ? 'abort' : call % 10 === 7 ? 'timeout' : 'none';
    const result = await callTool(tool, {
      caller,
      arguments: { kind: stopBy === 'none' ? 'quick' : 'endless' },
      ...(stopBy === 'abort' ? { signal: AbortSignal.timeout(20 + (call % 30)) } : {}),
      ...(stopBy === 'timeout' ? { timeoutMs: 20 + (call % 30) } : {}),
    });
    const end = result.error?.type ?? 'ok';
    ends[end] = (ends[end] ?? 0) + 1;
    if (end === 'ok') helper = Number(result.structured['stdout']);
  };
  await one(0);
  const before = { own: descriptorsOf('self'), helper: descriptorsOf(helper) };
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      while (next < CALLS) {
        next += 1;
        await one(next);
      }
    }),
  );
  expect(ends).toEqual({ ok: 1601, cancelled: 200, timeout: 200 });
  expect([tool.running, tool.queued, launcher.running]).toEqual([0, 0, 0]);
  expect(processesWith(`sleep\0${marker}`)).toEqual([]);
  await vi.waitFor(() => {
    expect(descriptorsOf('self')).toBeLessThanOrEqual(before.own);
    expect(descriptorsOf(helper)).toBeLessThanOrEqual(before.helper);
  }, 20_000);
}, 300_000);
