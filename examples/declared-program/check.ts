/** The program of tools.yaml called over HTTP: it runs, and what was not declared is refused before a process exists. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { startServer } from '../server/start-server.ts';

interface Answer {
  readonly ok?: boolean;
  readonly structuredContent?: { readonly exitCode: number; readonly stdout: string };
  readonly detail?: string;
}

await using server = await startServer({ config: fileURLToPath(new URL('tools.yaml', import.meta.url)) });

async function call(values: Record<string, unknown>): Promise<{ status: number; body: Answer; text: string }> {
  const response = await server.fetch('/tools/disk_free/execute', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: values }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Answer, text };
}

const answer = await call({ folder: '/tmp' });
assert.equal(answer.status, 200, answer.text);
assert.equal(answer.body.structuredContent?.exitCode, 0);
console.log(answer.body.structuredContent.stdout);

assert.equal((await call({ extraArgs: '-i' })).status, 200);

for (const hostile of [{ folder: '/etc' }, { extraArgs: '--output=source' }, { extraArgs: '; id' }, { path: '/' }]) {
  const { status, text } = await call(hostile);
  assert.equal(status, 400, text);
}
