/** A scripted model in the loop of agent.ts: it sends an invalid call, follows the suggestion, waits at a limit, and finishes. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startServer } from '../server/start-server.ts';
import { runAgent, type Conversation, type Model } from './agent.ts';

const KEY = 'key-of-the-example-agent';
const waits: number[] = [];
let seen: Conversation | undefined;

/** Asks for /var, which is not allowed; then for what the refusal names; then too often. */
const model: Model = (conversation) => {
  seen = conversation;
  const { tools, turns } = conversation;
  assert.ok(tools.some(({ name }) => name === 'disk_free'));
  const last = turns.at(-1);
  if (!last) return { tool: 'disk_free', arguments: { folder: '/var' } };
  const answers = turns.filter(({ isError }) => !isError);
  if (answers.length >= 2) return { answer: `asked ${turns.length} times, answered ${answers.length} times` };
  // A model reads: the refusal says which folders there are.
  const folder = /\/tmp/u.test(last.text) ? '/tmp' : '/';
  return { tool: 'disk_free', arguments: { folder } };
};

await using server = await startServer({
  config: fileURLToPath(new URL('tools.yaml', import.meta.url)),
  env: { MCP_SECURITY_API_KEY: KEY },
});
const answer = await runAgent({
  url: server.url,
  key: KEY,
  model,
  sleep: async (ms) => {
    waits.push(ms);
    await sleep(ms);
  },
});

const turns = seen?.turns ?? [];
assert.ok(turns[0]?.isError);
assert.match(turns[0].text, /\/tmp/u, 'the refusal names what is allowed');
assert.ok(waits.length > 0, 'the limit was met, and said for how long');
assert.ok(
  turns.every(({ isError }, index) => index === 0 || !isError || turns[index + 1]?.isError === false),
  'after the wait that was asked for, the next call is admitted',
);
assert.match(answer, /answered 2 times/u);
console.log(`${answer}; waited ${waits.map((ms) => `${ms} ms`).join(', ')} as the errors said`);
