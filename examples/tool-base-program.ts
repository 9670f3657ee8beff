/** A program as a tool: a block of the README of @mcp/tool-base, which is checked against this file. */
import assert from 'node:assert/strict';

import { callTool, createLauncher, defineCommandTool, TargetPolicy, Tool } from '@mcp/tool-base';

const launcher = await createLauncher(); // first thing, while this process is small; ends with it

const lookup = defineCommandTool({
  name: 'lookup',
  description: 'Asks the name service of this machine for a host',
  command: 'getent', // looked up once, now; or an absolute path
  target: 'ip_or_host',
  args: ['{database}', '{extraArgs}', '--', '{target}'],
  parameters: { database: { type: 'enum', values: ['hosts', 'ahosts'], default: 'hosts' } },
  flags: { '-s': { type: 'enum', values: ['dns', 'files'] } },
  timeoutMs: 30_000,
  domainExitCodes: { 2: 'no such host' },
  failureExitCodes: [1],
  circuitBreaker: { scope: 'target', failureThreshold: 3 },
});

const tool = new Tool(lookup, { launcher, policy: new TargetPolicy({ allowed: ['loopback', 'RFC1918'] }) });
const call = (values: Record<string, unknown>) => callTool(tool, { arguments: values, caller: { name: 'ana' } });
const answer = await call({ target: '127.0.0.1', extraArgs: '-s files' });
console.log(answer.structured['stdout']); // 127.0.0.1       localhost

assert.match(String(answer.structured['stdout']), /^127\.0\.0\.1 /u);
assert.equal((await call({ target: '8.8.8.8' })).error?.type, 'validation_error');
assert.equal((await call({ target: '127.0.0.1', extraArgs: '-s /etc/passwd' })).error?.type, 'validation_error');
assert.equal([...tool.breakers].length, 1); // for 127.0.0.1; a refused target has none

await launcher[Symbol.asyncDispose](); // ends it, and every program, earlier
