/** The ten lines of dice.ts, named in tools.yaml, are a tool: listed with its schema, checked, called, counted. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { startServer } from '../server/start-server.ts';

const lines = readFileSync(new URL('dice.ts', import.meta.url), 'utf8')
  .trim()
  .split('\n').length;
assert.ok(lines <= 10, `dice.ts has ${lines} lines`);

await using server = await startServer({ config: fileURLToPath(new URL('tools.yaml', import.meta.url)) });
const roll = (sides: unknown): Promise<Response> =>
  server.fetch('/tools/roll_die/execute', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: { sides } }),
  });

const { structuredContent } = (await (await roll(6)).json()) as { structuredContent: { rolled: number } };
assert.ok(structuredContent.rolled >= 1 && structuredContent.rolled <= 6);

const refused = await roll(1000);
assert.equal(refused.status, 400);
assert.match(await refused.text(), /sides/u);

const listed = (await (await server.fetch('/tools/roll_die')).json()) as { name: string };
assert.equal(listed.name, 'roll_die');
console.log(`rolled ${structuredContent.rolled}`);
