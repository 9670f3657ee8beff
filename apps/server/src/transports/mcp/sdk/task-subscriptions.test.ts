/** `subscriptions/listen` with `taskIds`, over HTTP and stdio. */
import { PassThrough } from 'node:stream';

import { defineTool, fromJsonSchema, type ToolContext } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { settled } from '../../../jobs/test-support/test-jobs.ts';
import { ChangeNotifier } from './connection/change-notifier.ts';
import { startStdioEndpoint } from '../stdio-endpoint.ts';
import { envelope, post } from '../test-support/messages.ts';
import { ann, TASKS, TestJobServer, withTasks } from '../test-support/test-job-server.ts';

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly data?: unknown };
}

let runs: { readonly context: ToolContext; end(result: unknown): void }[];
let server: TestJobServer;
beforeEach(async () => {
  runs = [];
  server = new TestJobServer([
    defineTool({
      name: 'work',
      description: 'Works',
      job: { mode: 'required' },
      limits: { concurrency: 8 },
      input: fromJsonSchema({ type: 'object' }),
      run: (_, context) => new Promise((resolve) => void runs.push({ context, end: resolve })),
    }),
  ]);
  await server.endpoint.prepare();
});
afterEach(() => server[Symbol.asyncDispose]());

function listenRequest(notifications: object, capabilities: object = withTasks): Parameters<typeof post>[0] {
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': capabilities };
  return { method: 'subscriptions/listen', id: 'listen', params: { notifications, _meta } };
}

async function startTask(principal = ann): Promise<string> {
  const { result } = await server.modern(
    'tools/call',
    { name: 'work', arguments: {} },
    { capabilities: withTasks, principal },
  );
  await settled();
  return String(result?.['taskId']);
}

/** Frames of a stream, one after the other. */
class Frames {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  async next(): Promise<Message> {
    for (;;) {
      const { value } = await this.#reader.read();
      const line = new TextDecoder()
        .decode(value)
        .split('\n')
        .find((text) => text.startsWith('data: '));
      if (line !== undefined) return JSON.parse(line.slice('data: '.length)) as Message;
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function listen(notifications: object, capabilities?: object, principal = ann): Promise<Response> {
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const { request, body } = post(listenRequest(notifications, capabilities), headers);
  return server.endpoint.handle(request, body, principal);
}

describe('over HTTP', () => {
  test('acknowledges the tasks of the caller, then sends each as it is and again when it changes', async () => {
    const [own, foreign] = [await startTask(), await startTask({ name: 'bob', scopes: ['tools:call'] })];
    const frames = new Frames(await listen({ taskIds: [own, foreign, 'never-was', own] }));
    expect(await frames.next()).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { taskIds: [own] } },
    });
    expect(await frames.next()).toMatchObject({
      method: 'notifications/tasks',
      params: { taskId: own, status: 'working', _meta: { 'io.modelcontextprotocol/subscriptionId': 'listen' } },
    });
    const next = frames.next();
    runs[0]?.end('done');
    expect(await next).toMatchObject({
      params: { taskId: own, status: 'completed', result: { content: [{ text: 'done' }] } },
    });
    await frames.close();
  });

  test('sends what happened before it was opened', async () => {
    const id = await startTask();
    runs[0]?.end('done');
    await settled();
    const frames = new Frames(await listen({ taskIds: [id] }));
    await frames.next();
    expect(await frames.next()).toMatchObject({ params: { taskId: id, status: 'completed' } });
    await frames.close();
  });

  test('sends other changes on the same stream', async () => {
    const id = await startTask();
    const frames = new Frames(await listen({ taskIds: [id], toolsListChanged: true }));
    expect((await frames.next()).params?.['notifications']).toEqual({ toolsListChanged: true, taskIds: [id] });
    expect(await frames.next()).toMatchObject({ method: 'notifications/tasks' });
    const next = frames.next();
    server.notifier.toolsChanged();
    expect(await next).toMatchObject({ method: 'notifications/tools/list_changed' });
    await frames.close();
  });

  test('sends nothing more of a task whose tool its caller may no longer call', async () => {
    const id = await startTask();
    const principal = { name: 'ann', scopes: ['tools:call'] };
    const frames = new Frames(await listen({ taskIds: [id], toolsListChanged: true }, withTasks, principal));
    await frames.next();
    await frames.next();
    principal.scopes.splice(0);
    const next = frames.next();
    runs[0]?.end('done');
    await settled();
    server.notifier.toolsChanged();
    expect(await next).toMatchObject({ method: 'notifications/tools/list_changed' });
    await frames.close();
  });

  test('is refused to a client without the extension', async () => {
    const response = await listen({ taskIds: ['x'] }, {});
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      id: 'listen',
      error: { code: -32_021, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } },
    });
  });

  test.each([['text'], [[1]], [Array.from({ length: 65 }, (_, index) => `task-${index}`)]])(
    'refuses task ids that are no list of at most 64 texts',
    async (taskIds) => {
      expect(await (await listen({ taskIds })).json()).toMatchObject({ error: { code: -32_602 } });
    },
  );

  test('ends at once where nothing could be granted', async () => {
    const text = await (await listen({ taskIds: ['never-was'] })).text();
    expect(text).toContain('notifications/subscriptions/acknowledged');
    expect(text).not.toContain('taskIds');
  });
});

test('over stdio, the same, until the client cancels', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const said: Message[] = [];
  const arrived = new Set<() => void>();
  output.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) said.push(JSON.parse(line) as Message);
    for (const look of arrived) look();
  });
  const until = (wanted: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = said.find(wanted);
        if (found) resolve(found);
      };
      arrived.add(look);
      look();
    });
  const send = (message: object): void => void input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const principal = { name: 'stdio', scopes: ['tools:call'] };
  const id = await startTask(principal);
  const endpoint = startStdioEndpoint({
    ...server.dependencies,
    notifier: new ChangeNotifier(),
    onInvalidLine: () => {},
    streams: { input, output },
  });
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': withTasks };
  send({ id: 1, method: 'tools/list', params: { _meta } });
  await until((message) => message.id === 1);
  send(listenRequest({ taskIds: [id] }));
  await until(({ params }) => JSON.stringify(params?.['notifications']) === JSON.stringify({ taskIds: [id] }));
  await until(({ params }) => params?.['status'] === 'working');
  runs[0]?.end('done');
  await until(({ params }) => params?.['status'] === 'completed');
  const other = await startTask(principal);
  send({ ...listenRequest({ taskIds: [other] }), id: 'second' });
  await until(({ params }) => params?.['taskId'] === other);
  send({ method: 'notifications/cancelled', params: { requestId: 'second' } });
  await settled();
  const before = said.length;
  runs[1]?.end('done');
  await settled();
  send({ id: 2, method: 'tools/list', params: { _meta } });
  await until((message) => message.id === 2);
  expect(said.slice(before).map(({ method }) => method)).toEqual([undefined]);
  await endpoint.close();
});
