import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { defineCommandTool, directLauncher, testTool, ToolDefinitionError } from '../index.ts';
import type { CommandToolSpec, Progress } from '../index.ts';
import { canLimitResources } from './resource-limits.ts';

const base: CommandToolSpec = {
  name: 'echo',
  description: 'Prints its arguments',
  command: '/bin/echo',
  args: [],
};

const ping: CommandToolSpec = {
  ...base,
  target: 'ip_or_host',
  args: ['-c', '{count}', '{extraArgs}', '--', '{target}'],
  parameters: { count: { type: 'integer', min: 1, max: 20, default: 3 } },
  flags: { '-n': 'none', '-W': { type: 'integer', min: 1, max: 10 } },
};

const shell = (script: string, spec: Partial<CommandToolSpec> = {}): CommandToolSpec => ({
  ...base,
  command: '/bin/sh',
  allowInterpreter: true,
  args: ['-c', script],
  ...spec,
});

describe('the argument list', () => {
  test('is the template with the checked values in their places', async () => {
    const kit = testTool(defineCommandTool(ping));
    await kit.call({ target: '10.0.0.5', count: 5, extraArgs: '-n -W 2' });
    await kit.call({ target: '10.0.0.5', extraArgs: ['-n'] });
    await kit.call({ target: '10.0.0.5' });
    expect(kit.started).toEqual([
      ['/bin/echo', '-c', '5', '-n', '-W', '2', '--', '10.0.0.5'],
      ['/bin/echo', '-c', '3', '-n', '--', '10.0.0.5'],
      ['/bin/echo', '-c', '3', '--', '10.0.0.5'],
    ]);
  });

  test('holds the pinned address for a host, and the result says which', async () => {
    const kit = testTool(defineCommandTool(ping), { addresses: { 'web.lab.internal': ['10.7.7.7'] } });
    const { structured, content } = await kit.call({ target: 'web.lab.internal' });
    expect(kit.started[0]?.at(-1)).toBe('10.7.7.7');
    expect(structured).toMatchObject({ address: '10.7.7.7' });
    expect(content.at(-1)).toEqual({ type: 'text', text: '[target address: 10.7.7.7]' });
  });

  test('holds the name itself with resolve check or off', async () => {
    for (const resolve of ['check', 'off'] as const) {
      const kit = testTool(defineCommandTool({ ...ping, resolve }));
      await kit.call({ target: 'Web.lab.internal' });
      expect(kit.started[0]?.at(-1)).toBe('Web.lab.internal');
    }
  });

  test('can hold the parts of a URL, so that curl connects to the checked address', async () => {
    const spec: CommandToolSpec = {
      ...base,
      target: 'url',
      args: ['--resolve', '{target.host}:{target.port}:{target.address}', '--', '{target}'],
    };
    const kit = testTool(defineCommandTool(spec), { addresses: { 'web.lab.internal': ['10.7.7.7'] } });
    await kit.call({ target: 'https://web.lab.internal/x' });
    await kit.call({ target: 'http://10.0.0.5:81/' });
    expect(kit.started).toEqual([
      ['/bin/echo', '--resolve', 'web.lab.internal:443:10.7.7.7', '--', 'https://web.lab.internal/x'],
      ['/bin/echo', '--resolve', '10.0.0.5:81:10.0.0.5', '--', 'http://10.0.0.5:81/'],
    ]);
  });

  test('leaves an optional parameter out with its flag, and the item it stands in', async () => {
    const spec: CommandToolSpec = {
      ...base,
      args: ['{size}', '--wait={wait}', '{verbose}'],
      parameters: {
        size: { type: 'integer', min: 1, max: 9, flag: '-s', optional: true },
        wait: { type: 'integer', min: 1, max: 9, optional: true },
        verbose: { type: 'boolean', flag: '-v' },
      },
    };
    const kit = testTool(defineCommandTool(spec));
    await kit.call({});
    await kit.call({ size: 2, wait: 3, verbose: true });
    expect(kit.started).toEqual([['/bin/echo'], ['/bin/echo', '-s', '2', '--wait=3', '-v']]);
  });

  test('takes a second target, held to the same policy', async () => {
    const spec: CommandToolSpec = {
      ...ping,
      args: ['{server.address}', '{extraArgs}', '{target}', '{count}'],
      parameters: { ...ping.parameters, server: { type: 'target', kind: 'ip', optional: true } },
    };
    const kit = testTool(defineCommandTool(spec));
    await kit.call({ target: '10.0.0.5', server: '10.0.0.1' });
    await kit.call({ target: '10.0.0.5' });
    expect((await kit.call({ target: '10.0.0.5', server: '8.8.8.8' })).error?.type).toBe('validation_error');
    expect(kit.started).toEqual([
      ['/bin/echo', '10.0.0.1', '10.0.0.5', '3'],
      ['/bin/echo', '10.0.0.5', '3'],
    ]);
  });

  test.each([
    ['target', { target: '8.8.8.8' }],
    ['target', { target: '-c' }],
    ['target', {}],
    ['parameter', { target: '10.0.0.5', count: 21 }],
    ['parameter', { target: '10.0.0.5', count: '3' }],
    ['flag', { target: '10.0.0.5', extraArgs: '-f' }],
    ['argument', { target: '10.0.0.5', other: 1 }],
  ])('is never made when a %s is refused', async (_, args) => {
    const kit = testTool(defineCommandTool(ping));
    expect((await kit.call(args)).error?.type).toBe('validation_error');
    expect(kit.started).toEqual([]);
  });
});

describe('what a client sees', () => {
  test('the input schema lists target, parameters and extraArgs with their bounds, and nothing else', () => {
    expect(testTool(defineCommandTool(ping)).tool.inputJsonSchema).toEqual({
      type: 'object',
      properties: {
        target: { type: 'string', maxLength: 2048, description: expect.stringContaining('10.0.0.5') },
        count: { type: 'integer', minimum: 1, maximum: 20, default: 3 },
        extraArgs: {
          description: expect.stringContaining('-W <a whole number from 1 to 10>'),
          anyOf: [
            { type: 'string', maxLength: 2048 },
            { type: 'array', items: { type: 'string' }, maxItems: 64 },
          ],
        },
      },
      required: ['target'],
      additionalProperties: false,
    });
  });

  test('every member of a result stands in the output schema, and every required one in the result', async () => {
    const { tool, call } = testTool(defineCommandTool({ ...base, output: 'lines' }), {
      program: () => ({ stdout: 'a\n' }),
    });
    const { structured } = await call({});
    const schema = tool.outputJsonSchema as { properties: object; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(structured)));
    expect(Object.keys(structured)).toEqual(expect.arrayContaining(schema.required));
  });
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

  test('a domain exit code is told with its meaning', async () => {
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

  test('output over the limit keeps its head and is no failure', async () => {
    const spec = { ...base, maxOutputBytes: 4 };
    const exact = testTool(defineCommandTool(spec), { program: () => ({ stdout: 'abcd' }) });
    expect(await exact.call({})).toMatchObject({ ok: true, structured: { stdout: 'abcd', truncated: false } });
    const over = testTool(defineCommandTool(spec), { program: () => ({ stdout: 'ab', stderr: 'c€' }) });
    expect(await over.call({})).toMatchObject({
      ok: true,
      structured: { stdout: 'ab', stderr: 'c', truncated: true, outputBytes: 4, exitCode: null },
      meta: { truncated: true, outputBytes: 4 },
    });
  });

  test('the number of characters taken out is told', async () => {
    const { call } = testTool(defineCommandTool(base), { program: () => ({ stdout: 'a\u001b[2Jb' }) });
    const result = await call({});
    expect(result.structured).toMatchObject({ stdout: 'ab', removedCharacters: 4 });
    expect(result.content.at(-1)).toEqual({ type: 'text', text: '[4 control or invisible characters removed]' });
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
});

describe('a definition', () => {
  test('of a program that is not installed makes a tool that says so', async () => {
    const { tool, call } = testTool(defineCommandTool({ ...base, command: 'no-such-program' }));
    expect(tool.available()).toEqual({ ok: false, reason: '"no-such-program" is not installed or not executable.' });
    expect((await call({})).error?.type).toBe('unavailable');
    expect(tool.breaker?.stats().totals.failure).toBe(1);
  });

  test('of an interpreter needs a word of its own', () => {
    expect(() => defineCommandTool({ ...base, command: 'sh' })).toThrow(/allowInterpreter/);
    expect(defineCommandTool({ ...base, command: 'sh', allowInterpreter: true }).kind).toBe('command');
  });

  test('with several mistakes names them all', () => {
    const spec: CommandToolSpec = { ...base, name: 'a b', args: ['{what}'], domainExitCodes: { 0: 'x' } };
    const define = (): unknown => defineCommandTool(spec);
    expect(define).toThrow(ToolDefinitionError);
    expect(define).toThrow(
      expect.objectContaining({ problems: [expect.any(String), expect.any(String), expect.any(String)] }),
    );
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
    expect(result.meta.durationMs).toBeLessThan(3000);
  });

  test('killed by a signal is an execution_error', async () => {
    await using launcher = directLauncher();
    const result = await testTool(defineCommandTool(shell('kill -9 $$')), { launcher }).call({});
    expect(result).toMatchObject({ error: { type: 'execution_error' }, structured: { signal: 'SIGKILL' } });
  });

  test.skipIf(!canLimitResources())('that eats memory or makes a huge file is stopped by the kernel', async () => {
    await using launcher = directLauncher();
    const limited = (script: string, resourceLimits: object): CommandToolSpec =>
      shell(script, { resourceLimits, timeoutMs: 20_000 });
    const run = async (spec: CommandToolSpec): Promise<string | undefined> =>
      (await testTool(defineCommandTool(spec), { launcher }).call({})).error?.type;
    expect(await run(limited('tail /dev/zero', { memoryBytes: 64 * 2 ** 20 }))).toBe('tool_error');
    expect(await run(limited('exec cat /dev/zero > big', { fileBytes: 2 ** 20 }))).toBe('execution_error');
    expect(await run(limited('test "$(ulimit -n)" = 17', { openFiles: 17 }))).toBeUndefined();
  });

  test('reports its lines while it runs, if someone asked', async () => {
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
