/** @mcp/tool-base by itself: a program and a function as tools, called with good and with hostile arguments. */
import assert from 'node:assert/strict';

import { callTool, createLauncher, defineCommandTool, defineTool, TargetPolicy, testTool, Tool } from '@mcp/tool-base';
import * as z from 'zod';

const caller = { name: 'example' };

// A program: what is not declared cannot be passed, and there is no shell that could be fooled.
await using launcher = await createLauncher();
const policy = new TargetPolicy({ allowed: ['RFC1918'] });
const echo = defineCommandTool({
  name: 'say',
  description: 'Prints a word',
  command: 'echo',
  args: ['{word}'],
  parameters: { word: { type: 'string', maxLength: 20 } },
});
const say = new Tool(echo, { launcher, policy });
const said = await callTool(say, { arguments: { word: '$(id) ; ls' }, caller });
assert.equal(said.structured['stdout'], '$(id) ; ls\n');

const refused = await callTool(say, { arguments: { word: 'x'.repeat(21) }, caller });
assert.equal(refused.error?.type, 'validation_error');
console.log(`refused: ${refused.error.message} ${refused.error.suggestion}`);

// A function, with a schema of any library that speaks Standard Schema.
const half = defineTool({
  name: 'half',
  description: 'Halves an even number',
  input: z.object({ value: z.number().int().multipleOf(2) }),
  run: ({ value }) => ({ half: value / 2 }),
});
const answer = await callTool(new Tool(half, { policy }), { arguments: { value: 8 }, caller });
assert.deepEqual(answer.structured, { ...answer.structured, half: 4 });

// The kit for your own tests: no program runs, the argument list is kept, and fuzzing looks for input that gets through.
const ping = defineCommandTool({
  name: 'ping',
  description: 'Sends ICMP echo requests',
  command: '/usr/bin/env',
  allowInterpreter: true,
  target: 'ip_or_host',
  args: ['ping', '-c', '{count}', '--', '{target}'],
  parameters: { count: { type: 'integer', min: 1, max: 20, default: 3 } },
});
const kit = testTool(ping);
await kit.call({ target: '10.0.0.5' });
assert.deepEqual(kit.started.at(-1)?.slice(1), ['ping', '-c', '3', '--', '10.0.0.5']);
assert.equal((await kit.call({ target: '8.8.8.8' })).error?.type, 'validation_error');
assert.deepEqual((await kit.fuzz({ runs: 200 })).findings, []);
