/** How a tool is tested: read by the linter, called with a program that does not run, fed with hostile input. */
import assert from 'node:assert/strict';

import { defineCommandTool, lintCommandTool, testTool, type CommandToolSpec } from '@mcp/tool-base';

const lookup: CommandToolSpec = {
  name: 'lookup',
  description: 'Ask the name service of this machine for a host',
  command: 'getent',
  target: 'ip_or_host',
  args: ['{database}', '{extraArgs}', '--', '{target}'],
  parameters: { database: { type: 'enum', values: ['hosts', 'ahosts', 'ahostsv4'], default: 'hosts' } },
  flags: { '-s': { type: 'enum', values: ['dns', 'files'] } },
  timeoutMs: 10_000,
};

// A careful colleague finds nothing...
assert.deepEqual(lintCommandTool(lookup), []);
// ...and would find a target that the program could take for an option, before anybody is offered the tool.
const [finding] = lintCommandTool({ ...lookup, args: ['{database}', '{extraArgs}', '{target}'] });
assert.match(finding?.message ?? '', /--/u);
console.log(finding?.message, finding?.suggestion);

// Nothing runs and nothing is resolved: what would have been started is kept.
const kit = testTool(defineCommandTool(lookup), { program: () => ({ stdout: '10.0.0.5 db.lab.internal\n' }) });
const result = await kit.call({ target: '10.0.0.5', extraArgs: '-s dns' });
assert.ok(result.ok);
assert.deepEqual(kit.started[0]?.slice(1), ['hosts', '-s', 'dns', '--', '10.0.0.5']);

// What is outside of the policy or of the declaration is refused before a process exists.
for (const values of [{ target: '8.8.8.8' }, { target: '-s' }, { target: '10.0.0.5', database: 'shadow' }]) {
  assert.equal((await kit.call(values)).error?.type, 'validation_error');
}
assert.equal(kit.started.length, 1);
assert.deepEqual((await kit.fuzz({ runs: 300 })).findings, []);
