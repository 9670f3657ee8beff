import { describe, expect, test } from 'vitest';
import { defineCommandTool, testTool, ToolDefinitionError } from '../index.ts';
import type { CommandToolSpec, FakeRun } from '../index.ts';

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

test('a refused argument is reported once, with one suggestion', async () => {
  const kit = testTool(defineCommandTool(ping));
  const { error } = await kit.call({ target: '10.0.0.5', extraArgs: '-W 11' });
  expect(error?.message).toBe('The value of -W must be a whole number from 1 to 10; it is above 10.');
  expect(error?.suggestion).toMatch(/^Correct the named argument/);
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

  test('holds the flag of a target parameter in front of its value, or neither', async () => {
    const spec: CommandToolSpec = {
      ...ping,
      args: ['{source}', '--', '{target}'],
      parameters: { source: { type: 'target', kind: 'ip', flag: '-S', optional: true } },
      flags: {},
    };
    const kit = testTool(defineCommandTool(spec));
    await kit.call({ target: '10.0.0.5', source: '10.0.0.6' });
    await kit.call({ target: '10.0.0.5' });
    expect(kit.started).toEqual([
      ['/bin/echo', '-S', '10.0.0.6', '--', '10.0.0.5'],
      ['/bin/echo', '--', '10.0.0.5'],
    ]);
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
        target: { type: 'string', maxLength: 2048, description: expect.stringMatching(/^Address/) },
        count: { type: 'integer', minimum: 1, maximum: 20, default: 3, description: '1 to 20.' },
        extraArgs: {
          description: expect.stringContaining('-W <whole number 1 to 10>'),
          type: 'array',
          items: { type: 'string', maxLength: 2048 },
        },
      },
      required: ['target'],
      additionalProperties: false,
    });
  });

  test('the allowed targets are in the description of a target', () => {
    const { tool } = testTool(defineCommandTool(ping), { allowed: ['10.0.0.0/8', '.lab.internal'] });
    expect(tool.inputJsonSchema).toMatchObject({
      properties: { target: { description: 'Address or host, only 10.0.0.0/8, .lab.internal' } },
    });
  });

  test('null for an optional argument means that it is left out', async () => {
    const kit = testTool(defineCommandTool(ping));
    await kit.call({ target: '10.0.0.5', count: null, extraArgs: null });
    await kit.call({ target: '10.0.0.5' });
    expect(kit.started[0]).toEqual(kit.started[1]);
    expect((await kit.call({ target: null })).error?.type).toBe('validation_error');
  });

  test.each(['lines', 'json'] as const)('the output schema of %s names members of a result alone', async (output) => {
    const spec = { ...base, output, domainExitCodes: { 1: 'no match' } };
    const codes = [0, 1];
    const program = (): FakeRun => ({ stdout: '1\n', exitCode: codes.shift() ?? 0 });
    const { tool, call } = testTool(defineCommandTool(spec), { program });
    const [success, answer] = [await call({}), await call({})];
    const schema = tool.outputJsonSchema as { properties: object; required: string[] };
    const members = Object.keys({ ...success.structured, ...answer.structured });
    expect(members).toEqual(expect.arrayContaining(Object.keys(schema.properties)));
    for (const { structured } of [success, answer]) {
      expect(Object.keys(structured)).toEqual(expect.arrayContaining(schema.required));
    }
  });

  test('a program that prints text has no output schema', () => {
    expect(testTool(defineCommandTool(base)).tool.outputJsonSchema).toBeUndefined();
  });
});

describe('a definition', () => {
  test('of a program that is not installed makes a tool that says so', async () => {
    const { tool, call } = testTool(defineCommandTool({ ...base, command: 'no-such-program' }));
    expect(tool.available()).toEqual({
      ok: false,
      reason: expect.stringMatching(/^"no-such-program" is not in .*, or not executable\./),
    });
    expect((await call({})).error?.type).toBe('unavailable');
    expect(tool.breaker?.stats().totals.failure).toBe(1);
  });

  test('of an interpreter needs allowInterpreter', () => {
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
