import { expect, test } from 'vitest';

import { listed } from '../test-support/listed.ts';
import { scriptedServer } from '../test-support/scripted-server.ts';

const counter = {
  name: 'count',
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
};

const MISMATCHES = [{ n: 'three' }, {}, undefined] as const;

test.each([
  ['off', true, 0],
  ['warn', true, MISMATCHES.length],
  ['strict', false, MISMATCHES.length],
] as const)('with structured %s, a result that does not match passes: %s', async (structured, passes, counted) => {
  const results: unknown[] = [...MISMATCHES, { n: 3 }];
  const server = await scriptedServer('2026', {
    'tools/list': () => ({ tools: [counter] }),
    'tools/call': () => ({ content: [{ type: 'text', text: 'three' }], structuredContent: results.shift() }),
  });
  const { upstream, call } = await listed(server.url, { structured });
  for (const _ of MISMATCHES) {
    const { ok, error, content } = await call('up_count');
    expect([ok, error?.type]).toEqual([passes, passes ? undefined : 'execution_error']);
    expect(content).toContainEqual({ type: 'text', text: 'three' });
  }
  expect(await call('up_count')).toMatchObject({ ok: true, structured: { n: 3 } });
  expect(upstream.report().structuredMismatches).toBe(counted);
});
