/** Tests of a command tool: lint, calls with a fake program, hostile input. */
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

// The declaration has no findings.
assert.deepEqual(lintCommandTool(lookup), []);
// Without `--` the program could read a target as an option.
const [finding] = lintCommandTool({ ...lookup, args: ['{database}', '{extraArgs}', '{target}'] });
assert.match(finding?.message ?? '', /--/u);
console.log(finding?.message, finding?.suggestion);

// No program runs and no name is resolved: the kit records the argument lists.
const kit = testTool(defineCommandTool(lookup), { program: () => ({ stdout: '10.0.0.5 db.lab.internal\n' }) });
const result = await kit.call({ target: '10.0.0.5', extraArgs: '-s dns' });
assert.ok(result.ok);
assert.deepEqual(kit.started[0]?.slice(1), ['hosts', '-s', 'dns', '--', '10.0.0.5']);

// Values outside the policy or the declaration are rejected before a program starts.
for (const values of [{ target: '8.8.8.8' }, { target: '-s' }, { target: '10.0.0.5', database: 'shadow' }]) {
  assert.equal((await kit.call(values)).error?.type, 'validation_error');
}
assert.equal(kit.started.length, 1);
assert.deepEqual((await kit.fuzz({ runs: 300 })).findings, []);
