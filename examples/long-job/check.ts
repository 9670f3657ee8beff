/** One server, three clients: the tasks of the 2026 revision, the handle of the 2025 era, and curl. A job is the same in all of them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { startServer } from '../server/start-server.ts';
import { callTool as callWithHandle } from './handle-client.ts';
import { callTool as callWithTask } from './task-client.ts';

const KEY = 'key-of-the-long-job-example';
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

await using server = await startServer({ config: here('tools.yaml'), env: { MCP_SECURITY_API_KEY: KEY } });
const client = { url: server.url, key: KEY };
const authorization = `Bearer ${KEY}`;

// A 2026 client: the call becomes a task, which REST shows under the same id.
let taskId = '';
const napped = await callWithTask(client, 'nap', { seconds: 1 }, (id) => (taskId = id));
assert.notEqual(taskId, '', 'a call that takes long is a task');
assert.equal(napped.isError, undefined);
const shown = await fetch(`${server.url}/executions/${taskId}`, { headers: { authorization } });
assert.deepEqual(pick(await shown.json()), { tool: 'nap', state: 'completed' });

// A 2025 client: the same call answers a handle.
const followed = await callWithHandle(client, 'nap', { seconds: 1 });
assert.ok(followed.asked > 0, 'it had to ask for the result');
assert.match(followed.texts[0] ?? '', /completed after \d+ s/u);

// Much output: the result has a part of it and a link to the whole.
const counted = await callWithTask(client, 'count', { to: 200_000 });
assert.ok(counted.content.some(({ uri }) => uri?.endsWith('/stdout')));

// curl: every byte that the program printed.
const { stdout, status, stderr } = spawnSync('sh', [here('job.sh')], {
  env: { PATH: process.env['PATH'], URL: server.url, KEY },
  encoding: 'utf8',
  maxBuffer: 16 * 1024 * 1024,
});
assert.equal(status, 0, stderr);
const lines = stdout.trimEnd().split('\n');
assert.equal(lines.length, 200_000);
assert.equal(lines.at(-1), '200000');
console.log(`a task, a handle after ${followed.asked} look(s), and ${stdout.length} bytes by curl`);

function pick(body: unknown): object {
  const { tool, state } = body as { readonly tool: string; readonly state: string };
  return { tool, state };
}
