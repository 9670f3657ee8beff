import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { defineCommandTool, defineTool, testTool, ToolError } from '../index.ts';

const ping = defineCommandTool({
  name: 'ping',
  description: 'Pings',
  command: '/bin/echo',
  target: 'ip_or_host',
  args: ['-c', '{count}', '{extraArgs}', '--', '{target}'],
  parameters: { count: { type: 'integer', min: 1, max: 20, default: 3 } },
  flags: { '-n': 'none' },
});
const input = toStandardJsonSchema(v.object({ text: v.string() }));

describe('the test kit', () => {
  test('shows the argument lists a program would get, and returns the fake output', async () => {
    const kit = testTool(ping, { program: (argv) => ({ stdout: `pong ${argv.at(-1)}`, exitCode: 0 }) });
    expect(await kit.call({ target: '10.0.0.5' })).toMatchObject({ ok: true, structured: { stdout: 'pong 10.0.0.5' } });
    expect(kit.started).toEqual([['/bin/echo', '-c', '3', '--', '10.0.0.5']]);
  });

  test('takes allowed targets and addresses', async () => {
    const kit = testTool(ping, {
      allowed: ['.test.example', '192.0.2.0/24'],
      addresses: { 'a.test.example': ['192.0.2.7'] },
    });
    await kit.call({ target: 'a.test.example' });
    expect(kit.started[0]?.at(-1)).toBe('192.0.2.7');
    expect((await kit.call({ target: 'b.test.example' })).error?.type).toBe('validation_error');
    expect((await kit.call({ target: '10.0.0.5' })).error?.type).toBe('validation_error');
  });

  test('finds nothing in a correct tool, and does the same with the same seed', async () => {
    const first = await testTool(ping).fuzz({ runs: 400, seed: 7 });
    const again = await testTool(ping).fuzz({ runs: 400, seed: 7 });
    expect(first).toEqual(again);
    expect(first).toMatchObject({ runs: 400, findings: [] });
    expect(first.succeeded).toBeGreaterThan(5);
    expect(first.errors.validation_error).toBeGreaterThan(50);
  });

  test('finds the input on which a tool crashes, but no expected failure', async () => {
    const crashing = defineTool({
      name: 'crash',
      description: 'Crashes',
      input,
      run({ text }) {
        if (text.startsWith('-')) throw new TypeError('cannot read');
        if (text === '') throw new ToolError('tool_error', 'There is nothing to read.');
        return text;
      },
    });
    const { findings, errors } = await testTool(crashing).fuzz();
    expect(findings.length).toBeGreaterThan(0);
    for (const { problem, arguments: given } of findings) {
      expect(problem).toBe('The call ended with execution_error.');
      expect(given).toMatchObject({ text: expect.stringMatching(/^-/) });
    }
    expect(errors.tool_error).toBeGreaterThan(0);
  });
});
