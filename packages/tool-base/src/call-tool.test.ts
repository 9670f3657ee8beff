import { CircuitBreaker } from '@mcp/circuit-breaker';
import * as v from 'valibot';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { expect, test } from 'vitest';
import { callTool, defineTool, Tool, ToolError, TargetPolicy, defineCommandTool, directLauncher } from './index.ts';

test('smoke', async () => {
  const definition = defineTool({
    name: 'greet',
    description: 'Greets',
    input: toStandardJsonSchema(v.object({ name: v.string() })),
    run: async ({ name }) => `hello ${name}`,
  });
  const tool = new Tool(definition);
  const result = await callTool(tool, { arguments: { name: 'a' }, caller: { name: 'me' } });
  expect(result).toMatchObject({ ok: true, content: [{ type: 'text', text: 'hello a' }] });
  expect(await callTool(tool, { arguments: { name: 1 }, caller: { name: 'me' } })).toMatchObject({
    ok: false,
    error: { type: 'validation_error' },
  });
  expect(CircuitBreaker).toBeDefined();
  expect(new ToolError('timeout', 'x').suggestion).toContain('Narrow');
});

test('smoke command', async () => {
  await using launcher = directLauncher();
  const policy = new TargetPolicy({ allowed: ['RFC1918', '.lab.internal'], resolver: async () => ['10.1.2.3'] });
  const tool = new Tool(
    defineCommandTool({
      name: 'echo',
      description: 'Echo',
      command: 'echo',
      target: 'ip_or_host',
      args: ['-n', '{count}', '{extraArgs}', '--', '{target}'],
      parameters: { count: { type: 'integer', min: 1, max: 9, default: 3 } },
      flags: { '-q': 'none' },
    }),
    { policy, launcher },
  );
  const result = await callTool(tool, {
    arguments: { target: 'web.lab.internal', extraArgs: '-q' },
    caller: { name: 'me' },
  });
  expect(result).toMatchObject({
    ok: true,
    structured: { stdout: '3 -q -- 10.1.2.3', exitCode: 0, address: '10.1.2.3' },
  });
});
