import { describe, expect, test } from 'vitest';
import { unattendedProblem, callTool, defineCommandTool, defineTool, Tool, ToolDefinitionError } from '../index.ts';
import type { JobSpec, RunAllowance, ToolDefinition } from '../index.ts';
import { directLauncher } from '../launcher/direct-launcher.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { makeTool, never } from '../test-support/probe-tool.ts';

const allowance = (parts: Partial<RunAllowance> = {}): RunAllowance => ({
  timeoutMs: 7_200_000,
  maxOutputBytes: 1024,
  maxReadBytes: 2048,
  keepOutput: () => undefined,
  readHint: (stream, offset) => `read ${stream} from ${offset}`,
  ...parts,
});

const printing = (script: string): Tool =>
  new Tool(
    defineCommandTool({
      name: 'print',
      description: 'Prints',
      command: '/bin/sh',
      allowInterpreter: true,
      args: ['-c', script],
    }),
    { launcher: directLauncher() },
  );

const caller = { name: 'ann' };

describe('a run with an allowance', () => {
  test('may take longer than its tool allows', async () => {
    const clock = new ManualClock();
    const tool = makeTool(never, { limits: { timeoutMs: 1000 } }, { clock });
    const result = callTool(tool, { caller, allowance: allowance() });
    await clock.advanceAsync(7_199_999);
    expect(tool.running).toBe(1);
    await clock.advanceAsync(1);
    expect((await result).error?.type).toBe('timeout');
  });

  test('gives every byte away and keeps the start and the end in its result', async () => {
    const kept: string[] = [];
    const result = await callTool(printing('head -c 1500 /dev/zero | tr "\\0" x; echo end; echo bad >&2'), {
      caller,
      allowance: allowance({ keepOutput: (stream, bytes) => void kept.push(`${stream} ${bytes.length}`) }),
    });
    const bytes = (stream: string): number =>
      kept.filter((line) => line.startsWith(stream)).reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
    expect([bytes('stdout'), bytes('stderr')]).toEqual([1504, 4]);
    expect(result).toMatchObject({ ok: true, meta: { outputBytes: 1508, truncated: true } });
    expect(JSON.stringify(result.content).length).toBeLessThan(1500);
  });

  test('ends its program at the first byte beyond what may be read', async () => {
    let bytes = 0;
    const result = await callTool(printing('head -c 5000 /dev/zero; sleep 60'), {
      caller,
      allowance: allowance({ keepOutput: (_, chunk) => void (bytes += chunk.length) }),
    });
    expect(bytes).toBe(2048);
    expect(result.meta).toMatchObject({ outputBytes: 2048, truncated: true });
  });

  test('ends when its output cannot be kept', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const result = await callTool(printing('echo one; sleep 60'), {
      caller,
      allowance: allowance({
        keepOutput: () => {
          throw full;
        },
      }),
    });
    expect(result.error?.type).toBe('execution_error');
  });
});

describe('the job of a tool', () => {
  const toolWith = (job: JobSpec, idempotentHint?: boolean): Tool => {
    const definition: ToolDefinition = defineTool({
      name: 'work',
      description: 'Works',
      input: { type: 'object', properties: {} },
      ...(idempotentHint !== undefined && { annotations: { idempotentHint } }),
      job,
      run: () => 'done',
    });
    return new Tool(definition);
  };

  test('has an hour, 64 MiB and one start unless it says otherwise', () => {
    expect(toolWith({ mode: 'never' }).job).toBeUndefined();
    expect(toolWith({ mode: 'auto' }).job).toEqual({
      mode: 'auto',
      timeoutMs: 3_600_000,
      maxOutputBytes: 67_108_864,
      rerun: 'never',
    });
  });

  test('is repeated only where the tool says that repeating does no harm', () => {
    expect(() => toolWith({ mode: 'auto', rerun: 'ifIdempotent' })).toThrow(ToolDefinitionError);
    expect(toolWith({ mode: 'auto', rerun: 'ifIdempotent' }, true).job?.rerun).toBe('ifIdempotent');
  });

  test.each([{ timeoutMs: 999 }, { timeoutMs: 86_400_001 }, { maxOutputBytes: 1023 }, { maxOutputBytes: 2 ** 30 + 1 }])(
    'has limits within the ranges: %j',
    (limits) => {
      expect(() => toolWith({ mode: 'required', ...limits })).toThrow(ToolDefinitionError);
    },
  );
});

test('arguments are checked without a call', async () => {
  const tool = printing('echo');
  expect(await unattendedProblem(tool, {})).toBeUndefined();
  expect((await unattendedProblem(tool, { other: 1 }))?.type).toBe('validation_error');
  expect(tool.callCounter.counts().total).toBe(0);
});
