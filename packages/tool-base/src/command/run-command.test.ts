import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { defineCommandTool, directLauncher, testTool } from '../index.ts';
import type { CommandToolSpec, FakeRun, Progress } from '../index.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { limitSupport } from '../launcher/resource-limits.ts';

const base: CommandToolSpec = {
  name: 'echo',
  description: 'Prints its arguments',
  command: '/bin/echo',
  args: [],
};

const shell = (script: string, spec: Partial<CommandToolSpec> = {}): CommandToolSpec => ({
  ...base,
  command: '/bin/sh',
  allowInterpreter: true,
  args: ['-c', script],
  ...spec,
});

describe('the end of a program', () => {
  const end = async (spec: Partial<CommandToolSpec>, exitCode: number, stdout = ''): Promise<string> => {
    const { call } = testTool(defineCommandTool({ ...base, ...spec }), { program: () => ({ exitCode, stdout }) });
    const { error } = await call({});
    return error?.type ?? 'ok';
  };

  test('success, domain, failure and other exit codes mean what the tool declares', async () => {
    const spec = { domainExitCodes: { 1: 'no reply' }, failureExitCodes: [2], successExitCodes: [0, 3] };
    expect(await end(spec, 0)).toBe('ok');
    expect(await end(spec, 3)).toBe('ok');
    expect(await end(spec, 1)).toBe('ok');
    expect(await end(spec, 2)).toBe('execution_error');
    expect(await end(spec, 4)).toBe('tool_error');
    expect(await end(spec, 126)).toBe('execution_error');
    expect(await end(spec, 127)).toBe('execution_error');
  });

  test('a domain exit code is reported with its meaning', async () => {
    const spec = { ...base, domainExitCodes: { 1: 'no reply' } };
    const { call } = testTool(defineCommandTool(spec), { program: () => ({ exitCode: 1, stdout: 'x' }) });
    const result = await call({});
    expect(result.structured).toMatchObject({ exitCode: 1, meaning: 'no reply' });
    expect(result.content.at(-1)).toEqual({ type: 'text', text: '[exit code 1: no reply]' });
  });

  test('only failures reach the breaker', async () => {
    const codes = [1, 1, 5, 5, 5, 5, 2];
    const spec = { ...base, domainExitCodes: { 1: 'no' }, failureExitCodes: [2] };
    const { tool, call } = testTool(defineCommandTool(spec), { program: () => ({ exitCode: codes.shift() ?? 0 }) });
    for (let time = 0; time < 8; time += 1) await call({});
    expect(tool.breaker?.stats().totals).toMatchObject({ success: 3, ignored: 4, failure: 1 });
  });

  test('a failed run carries its output', async () => {
    const { call } = testTool(defineCommandTool(base), {
      program: () => ({ exitCode: 2, stdout: 'out', stderr: 'bad' }),
    });
    const result = await call({});
    expect(result.structured).toMatchObject({
      exitCode: 2,
      stdout: 'out',
      stderr: 'bad',
      error: { type: 'tool_error' },
    });
    expect(result.content.slice(1)).toEqual([
      { type: 'text', text: '[stdout]\nout' },
      { type: 'text', text: '[stderr]\nbad' },
    ]);
  });

  test.each([
    [2, 'tool_error'],
    [127, 'execution_error'],
  ])(
    'exit code %i has the last line of the error output in its message for records, and once in what is read',
    async (exitCode, type) => {
      const stderr = 'usage: df\n\u001b[31mdf: /x: No such file or directory\u001b[0m\n';
      const { call } = testTool(defineCommandTool(base), { program: () => ({ exitCode, stderr }) });
      const { error, structured, content } = await call({});
      const message = `The program ended with exit code ${exitCode}: df: /x: No such file or directory`;
      expect(error).toMatchObject({ type, message });
      expect(structured['error']).toEqual({ ...error, message: `The program ended with exit code ${exitCode}` });
      expect(JSON.stringify(structured).split('No such file')).toHaveLength(2);
      const read = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      expect(read.split('No such file')).toHaveLength(2);
      expect(read).toMatch(new RegExp(`^${type}: The program ended with exit code ${exitCode}\\. `));
    },
  );

  test('output over the limit keeps its head and is no failure', async () => {
    const spec = { ...base, maxReadBytes: 4 };
    const exact = testTool(defineCommandTool(spec), { program: () => ({ stdout: 'abcd' }) });
    expect(await exact.call({})).toMatchObject({ ok: true, structured: { stdout: 'abcd', truncated: false } });
    const over = testTool(defineCommandTool(spec), { program: () => ({ stdout: 'ab', stderr: 'c€' }) });
    expect(await over.call({})).toMatchObject({
      ok: true,
      structured: { stdout: 'ab', stderr: 'c', truncated: true, outputBytes: 4, exitCode: null },
      meta: { truncated: true, outputBytes: 4 },
    });
  });

  test('the number of removed characters is reported', async () => {
    const { call } = testTool(defineCommandTool(base), { program: () => ({ stdout: 'a\u001b[2Jb' }) });
    const result = await call({});
    expect(result.structured).toMatchObject({ stdout: 'ab', removedCharacters: 4 });
    expect(result.content.at(-1)).toEqual({ type: 'text', text: '[4 control or invisible characters removed]' });
  });

  test('a failed program that printed nothing has no output to read', async () => {
    const { call } = testTool(defineCommandTool(base), { program: () => ({ exitCode: 1 }) });
    expect((await call({})).error?.suggestion).toBe('The program printed nothing; check the arguments.');
  });

  test('a program that printed nothing has no empty content', async () => {
    const answer = async (spec: Partial<CommandToolSpec>, stdout: string, exitCode = 0) => {
      const kit = testTool(defineCommandTool({ ...base, ...spec }), { program: () => ({ stdout, exitCode }) });
      return (await kit.call({})).content.map((block) => (block.type === 'text' ? block.text : ''));
    };
    expect(await answer({}, '')).toEqual(['[no output; exit code 0]']);
    expect(await answer({}, ' \n')).toEqual(['[only white space; exit code 0]']);
    expect(await answer({ domainExitCodes: { 1: 'no match' } }, '', 1)).toEqual([
      '[no output; exit code 1]',
      '[exit code 1: no match]',
    ]);
    expect(await answer({}, '', 1)).toEqual([expect.stringMatching(/^tool_error: .*exit code 1/)]);
  });

  test('text over the limit keeps its head and its tail, and one line says how much is left out', async () => {
    const stdout = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');
    const { call } = testTool(defineCommandTool(base), { program: () => ({ stdout, stderr: 'slow' }) });
    const { content, structured, meta } = await call({});
    const lines = String(structured['stdout']).split('\n');
    expect(lines[0]).toBe('line 0');
    expect(lines.at(-1)).toBe('line 19999');
    const [note = '', ...more] = lines.filter((line) => !line.startsWith('line'));
    expect(more).toEqual([]);
    const [, omitted] = /^\[(\d+) of \d+ bytes left out here; narrow the call to see them\]$/.exec(note) ?? [];
    const kept = Buffer.byteLength(String(structured['stdout'])) - Buffer.byteLength(note) - 1;
    expect(kept + Number(omitted)).toBe(Buffer.byteLength(stdout));
    expect(kept).toBeGreaterThan(30_000);
    expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(2 * 32_768);
    expect(meta).toMatchObject({ truncated: true, outputBytes: Buffer.byteLength(stdout) + 4 });
    expect(structured).toMatchObject({ truncated: true, stderr: 'slow', exitCode: 0 });
  });

  test('JSON over the limit is a tool_error', async () => {
    const spec: CommandToolSpec = { ...base, output: 'json', maxOutputBytes: 1000 };
    const { call } = testTool(defineCommandTool(spec), { program: () => ({ stdout: `["${'x'.repeat(2000)}"]` }) });
    expect((await call({})).error).toMatchObject({
      type: 'tool_error',
      message: expect.stringContaining('1000 bytes'),
    });
  });

  test('times are whole milliseconds', async () => {
    const clock = new ManualClock();
    const program = (): FakeRun => {
      clock.advance(1.6);
      return { stdout: 'x' };
    };
    const { call } = testTool(defineCommandTool(base), { program, clock });
    const { meta, structured } = await call({});
    expect([meta.durationMs, structured['durationMs'], meta.queueMs]).toEqual([2, 2, 0]);
  });

  test('lines mode splits, json mode parses and checks', async () => {
    const lines = testTool(defineCommandTool({ ...base, output: 'lines' }), {
      program: () => ({ stdout: 'a\r\nb\n\nc' }),
    });
    expect((await lines.call({})).structured['lines']).toEqual(['a', 'b', '', 'c']);
    const json: CommandToolSpec = { ...base, output: 'json', outputSchema: v.object({ up: v.boolean() }) };
    const answers = ['{"up":true}', '{"up":1}', 'up'];
    const { call } = testTool(defineCommandTool(json), { program: () => ({ stdout: answers.shift() ?? '' }) });
    expect((await call({})).structured['data']).toEqual({ up: true });
    expect((await call({})).error).toMatchObject({
      type: 'tool_error',
      message: expect.stringContaining('declared form'),
    });
    expect((await call({})).error).toMatchObject({
      type: 'tool_error',
      message: expect.stringContaining('valid JSON'),
    });
    expect(await end({ output: 'json' }, 0, '[1]')).toBe('ok');
  });

  test('control characters that JSON had escaped are removed from its data', async () => {
    const stdout = '{"a\\u0007":["\\u001b[2Jx\\u202e"],"\\udb40\\udc41":1}';
    const { call } = testTool(defineCommandTool({ ...base, output: 'json' }), { program: () => ({ stdout }) });
    expect((await call({})).structured['data']).toEqual({ a: ['x'], '': 1 });
  });

  test('integers that JavaScript would round are given as text, and a note says so', async () => {
    const stdout = '{"id":1764072000000000001}';
    const { call } = testTool(defineCommandTool({ ...base, output: 'json' }), { program: () => ({ stdout }) });
    const { structured, content } = await call({});
    expect(structured['data']).toEqual({ id: '1764072000000000001' });
    expect(content.at(-1)).toEqual({ type: 'text', text: '[numbers given as text to keep their digits: 1]' });
  });

  test('JSON that was cut at the output limit is a tool_error that carries what there is', async () => {
    const spec: CommandToolSpec = { ...base, output: 'json', maxReadBytes: 8 };
    const { call } = testTool(defineCommandTool(spec), { program: () => ({ stdout: '{"a":"bcdef"}' }) });
    expect(await call({})).toMatchObject({
      error: {
        type: 'tool_error',
        message: expect.stringContaining('8 bytes'),
        suggestion: expect.stringContaining('limit'),
      },
      structured: { stdout: '{"a":"bc', truncated: true },
    });
  });

  test('JSON nested so deeply that nobody could write it again is a tool_error', async () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(await end({ output: 'json' }, 0, nested(256))).toBe('ok');
    expect(await end({ output: 'json' }, 0, nested(257))).toBe('tool_error');
    expect(await end({ output: 'json' }, 0, nested(200_000))).toBe('tool_error');
  });
});

describe('a real program', () => {
  test('gets a minimal environment, an empty private folder and nothing on stdin', async () => {
    await using launcher = directLauncher();
    const spec = shell('env -u PWD -u SHLVL -u _ | sort; pwd; ls -A | wc -l; cat; stat -c %a .');
    const { structured } = await testTool(defineCommandTool(spec), { launcher }).call({});
    const lines = String(structured['stdout']).split('\n');
    const variables = lines.filter((line) => line.includes('=')).map((line) => line.split('=')[0]);
    expect(variables).toEqual(['HOME', 'LANG', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ']);
    expect(lines.slice(7)).toEqual(['0', '700', '']);
    expect(lines).toContain(`HOME=${lines[6]}`);
  });

  test('is ended at the deadline, and what it printed until then is kept', async () => {
    await using launcher = directLauncher();
    const spec = shell('echo early; sleep 20', { timeoutMs: 300 });
    const result = await testTool(defineCommandTool(spec), { launcher }).call({});
    expect(result).toMatchObject({ error: { type: 'timeout' }, structured: { stdout: 'early\n', exitCode: null } });
  });

  test('killed by a signal is an execution_error', async () => {
    await using launcher = directLauncher();
    const spec = shell('echo out of memory >&2; kill -9 $$');
    const result = await testTool(defineCommandTool(spec), { launcher }).call({});
    const message = 'The program was ended by the signal SIGKILL: out of memory';
    expect(result).toMatchObject({ error: { type: 'execution_error', message }, structured: { signal: 'SIGKILL' } });
  });

  test.skipIf(limitSupport() !== 'enforced').each([
    ['XCPU', 'SIGXCPU, at its limit of CPU time (7 s)'],
    ['XFSZ', 'SIGXFSZ, at its limit of the size of a file (64 MiB)'],
    ['TRAP', 'SIGTRAP, as programs do at their limit of memory (1024 MiB)'],
    ['SEGV', 'SIGSEGV, as programs do at their limit of memory (1024 MiB)'],
    ['TERM', 'SIGTERM'],
  ])('ended by SIG%s, is answered with the limit that explains it, if one does', async (signal, end) => {
    await using launcher = directLauncher();
    const spec = shell(`kill -${signal} $$`, { resourceLimits: { cpuSeconds: 7 } });
    const { error } = await testTool(defineCommandTool(spec), { launcher }).call({});
    expect(error?.message).toBe(`The program was ended by the signal ${end}.`);
  });

  test('with its limits taken away is answered with the signal alone', async () => {
    await using launcher = directLauncher();
    const spec = shell('kill -TRAP $$', { resourceLimits: { memoryBytes: 'none' } });
    const { error } = await testTool(defineCommandTool(spec), { launcher }).call({});
    expect(error?.message).toBe('The program was ended by the signal SIGTRAP.');
  });

  test.skipIf(limitSupport() !== 'enforced')('gets a signal at its limit of CPU time before it is killed', async () => {
    await using launcher = directLauncher();
    const spec = shell('ulimit -S -t; ulimit -H -t', { resourceLimits: { cpuSeconds: 7 } });
    const { structured } = await testTool(defineCommandTool(spec), { launcher }).call({});
    expect(structured['stdout']).toBe('7\n8\n');
  });

  test.skipIf(limitSupport() !== 'enforced')(
    'that eats memory or makes a huge file is stopped by the kernel',
    async () => {
      await using launcher = directLauncher();
      const limited = (script: string, resourceLimits: object): CommandToolSpec =>
        shell(script, { resourceLimits, timeoutMs: 20_000 });
      const run = async (spec: CommandToolSpec): Promise<string | undefined> =>
        (await testTool(defineCommandTool(spec), { launcher }).call({})).error?.type;
      expect(await run(limited('tail /dev/zero', { memoryBytes: 64 * 2 ** 20 }))).toBe('tool_error');
      expect(await run(limited('exec cat /dev/zero > big', { fileBytes: 2 ** 20 }))).toBe('execution_error');
      expect(await run(limited('test "$(ulimit -n)" = 17', { openFiles: 17 }))).toBeUndefined();
    },
  );

  test.skipIf(limitSupport() !== 'enforced')(
    'that reserves much address space runs under the default limits',
    async () => {
      await using launcher = directLauncher();
      const run = async (script: string, resourceLimits = {}): Promise<unknown> => {
        const spec = shell('', { command: process.execPath, args: ['-e', script], resourceLimits, timeoutMs: 20_000 });
        const { error, structured } = await testTool(defineCommandTool(spec), { launcher }).call({});
        return [error?.type, structured['stdout']];
      };
      expect(await run('console.log(1)')).toEqual([undefined, '1\n']);
      const hog = 'const held = []; for (;;) held.push(Buffer.alloc(2 ** 26, 1)); ';
      // It throws, or its allocator ends it, whichever comes to the limit first.
      const stopped = expect.stringMatching(/^(?:tool|execution)_error$/);
      expect(await run(hog, { memoryBytes: 400 * 2 ** 20 })).toEqual([stopped, '']);
    },
  );

  test('reports its lines while it runs, if the caller wants progress', async () => {
    await using launcher = directLauncher();
    const onProgress = vi.fn<(progress: Progress) => void>();
    const kit = testTool(defineCommandTool(shell('echo one; sleep 0.3; echo two; printf three')), { launcher });
    await kit.call({}, { onProgress });
    const reports = onProgress.mock.calls.map(([progress]) => progress);
    expect(reports[0]).toEqual({ progress: 1, message: 'one' });
    expect(reports.at(-1)?.progress).toBe(3);
    expect(reports.map((report) => report.message).join('\n')).toBe('one\ntwo\nthree');
  });
});
