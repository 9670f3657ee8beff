/** Output that the result of a plain call is too small for, as its model reads it. */
import { defineTool, fromJsonSchema } from '@mcp/tool-base';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { TASKS_CAPABILITY } from '../protocol/task.ts';
import { heldTool } from '../test-support/held-tool.ts';
import { ann, TestJobServer, type RpcAnswer } from '../test-support/test-job-server.ts';

const text = Array.from({ length: 9000 }, (_, line) => `line ${line} ä`).join('\n');
let server: TestJobServer;
beforeEach(async () => {
  server = new TestJobServer([
    heldTool('work', 'auto', []),
    defineTool({
      name: 'read',
      description: 'Returns a long text',
      input: fromJsonSchema({ type: 'object' }),
      run: () => text,
    }),
  ]);
  await server.endpoint.prepare();
});
afterEach(() => server[Symbol.asyncDispose]());

function textOf({ result = {} }: RpcAnswer): string {
  return (result['content'] as { text?: string }[])[0]?.text ?? '';
}

/** What the line in the place of the rest tells. */
function wayToRest(answer: RpcAnswer): { readonly before: string; readonly values: object; readonly path: string } {
  const line =
    /^\[\d+ of \d+ bytes left out here; read them with execution_output (?<values>\{.*\}) or GET (?<path>\S+) with Range: bytes=\d+-\]$/m;
  const found = line.exec(textOf(answer));
  const { values = '{}', path = '' } = found?.groups ?? {};
  return { before: textOf(answer).slice(0, found?.index), values: JSON.parse(values) as object, path };
}

test.each(['modern', 'legacy'] as const)('the line in its place leads to the rest, byte for byte: %s', async (era) => {
  const { before, values } = wayToRest(await server[era]('tools/call', { name: 'read', arguments: {} }));
  let whole = before;
  let more: { executionId?: string; offset?: number } | undefined = values;
  while (more) {
    const page: RpcAnswer = await server[era]('tools/call', {
      name: 'execution_output',
      arguments: { ...more, limit: 65_536 },
    });
    whole += textOf(page);
    const place = JSON.stringify(page.result?.['content']);
    const next: string | undefined = /next part begins at offset (?<next>\d+)/.exec(place)?.groups?.['next'];
    more = next === undefined ? undefined : { ...more, offset: Number(next) };
  }
  expect(whole).toBe(text);
});

test('only who called may read it, while it may call the tool', async () => {
  const { values } = wayToRest(await server.modern('tools/call', { name: 'read', arguments: {} }));
  const read = async (principal: typeof ann): Promise<string> =>
    textOf(await server.modern('tools/call', { name: 'execution_output', arguments: values }, { principal }));
  expect(await read(ann)).toContain('line 1500 ');
  const foreign = await read({ name: 'bob', scopes: ['tools:call'] });
  const narrowed = await read({ name: 'ann', scopes: ['tools:call:work'] });
  expect([foreign, narrowed]).toEqual([foreign, foreign]);
  expect(foreign).toContain('There is no such execution.');
  expect(await read({ name: 'root', scopes: ['admin', 'tools:call'] })).toContain('line 1500 ');
});

test('its id has a status, which says that the call had the result', async () => {
  const { values } = wayToRest(await server.modern('tools/call', { name: 'read', arguments: {} }));
  const { executionId } = values as { executionId: string };
  const status = await server.modern('tools/call', { name: 'execution_status', arguments: { executionId } });
  expect(JSON.stringify(status.result)).toContain('its result was its answer');
  const task = await server.modern('tasks/get', { taskId: executionId }, { capabilities: TASKS_CAPABILITY });
  expect(task.result).toMatchObject({
    status: 'completed',
    result: { content: [{ type: 'text' }, { type: 'resource_link' }] },
  });
});

test('a client with tasks is offered the tool that reads it, and no other of those for jobs', async () => {
  const names = async (capabilities: object): Promise<string[]> => {
    const { result = {} } = await server.modern('tools/list', {}, { capabilities });
    return (result['tools'] as { name: string }[]).map(({ name }) => name).filter((name) => name.startsWith('exec'));
  };
  expect(await names(TASKS_CAPABILITY)).toEqual(['execution_output']);
  expect(await names({})).toEqual(['execution_status', 'execution_output', 'execution_cancel']);
});
