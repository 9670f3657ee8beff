/** A client that comes back after its server was killed finds its tasks under their ids: ended ones with their result, the others lost. */
import { afterEach, beforeEach, expect, test } from 'vitest';

import { freePort, scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';
import { postWithTasks } from '../harness/tasks-client.ts';

const POLL_MS = 200;

let place: Scratch;
let port: number;
let server: HttpServerProcess;
beforeEach(async () => {
  place = scratch();
  port = await freePort();
});
afterEach(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

async function start(): Promise<void> {
  server = await startHttpServer({
    port,
    configuration: `
presets: []
jobs: { directory: ${JSON.stringify(`${place.folder}/jobs`)}, lease: 1, taskAfter: 0 }
tools:
  nap:
    description: Sleeps
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 0, max: 600 } }
    job: required
`,
  });
}

interface Task {
  readonly taskId: string;
  readonly status: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

async function send(method: string, params: object): Promise<Task> {
  return (await postWithTasks(server.url, method, params)).result as unknown as Task;
}

const nap = async (seconds: number): Promise<string> =>
  (await send('tools/call', { name: 'nap', arguments: { seconds } })).taskId;

async function ended(taskId: string): Promise<Task> {
  let task: Task | undefined;
  const status = async (): Promise<string> => {
    task = await send('tasks/get', { taskId });
    return task.status;
  };
  await expect.poll(status, { interval: POLL_MS }).not.toBe('working');
  return task!;
}

test('after kill -9', async () => {
  await start();
  const [short, long] = [await nap(0), await nap(600)];
  expect(await ended(short)).toMatchObject({ status: 'completed' });
  server.process.kill('SIGKILL');
  await server.closed;
  await start();
  expect(await ended(short)).toMatchObject({
    taskId: short,
    status: 'completed',
    result: { content: expect.anything() },
  });
  expect(await ended(long)).toMatchObject({
    taskId: long,
    status: 'failed',
    error: { code: -32_603, data: { type: 'runner_lost', correlationId: long } },
  });
});
