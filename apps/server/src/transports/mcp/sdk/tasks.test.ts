/** The tasks extension of the 2026 revision over the real protocol. */
import { defineTool, fromJsonSchema, ToolError } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { settled } from '../../../jobs/test-support/test-jobs.ts';
import { heldTool, type HeldRun } from '../test-support/held-tool.ts';
import { ann, TASKS, TestJobServer, withTasks, type RpcAnswer } from '../test-support/test-job-server.ts';

const form = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
const asking = { capabilities: { ...withTasks, elicitation: {} } };
const tasks = { capabilities: withTasks };

let runs: HeldRun[];
let greetings: number;
let server: TestJobServer;
beforeEach(async () => {
  runs = [];
  greetings = 0;
  server = new TestJobServer([
    heldTool('work', 'auto', runs),
    heldTool('backup', 'required', runs),
    defineTool({
      name: 'greet',
      description: 'Asks for two names',
      job: { mode: 'required' },
      input: fromJsonSchema({ type: 'object' }),
      async run(_, { askUser }) {
        greetings += 1;
        const answers = await Promise.all([
          askUser({ key: 'first', message: 'First name?', form }),
          askUser({ key: 'last', message: 'Last name?', form }),
        ]);
        return answers.map((answer) => (answer.action === 'accept' ? answer.values['name'] : '-')).join(' ');
      },
    }),
    defineTool({
      name: 'erase',
      description: 'Erases',
      confirm: 'always',
      job: { mode: 'required' },
      input: fromJsonSchema({ type: 'object' }),
      run: () => 'erased',
    }),
    defineTool({
      name: 'plain',
      description: 'Answers',
      input: fromJsonSchema({ type: 'object' }),
      run: () => 'plain',
    }),
  ]);
  await server.endpoint.prepare();
});
afterEach(() => server[Symbol.asyncDispose]());

const call = (name: string): Record<string, unknown> => ({ name, arguments: {} });

async function startTask(name = 'backup', declared: { readonly capabilities: object } = tasks): Promise<string> {
  const { result } = await server.modern('tools/call', call(name), declared);
  await settled();
  return String(result?.['taskId']);
}

const get = (taskId: string): Promise<RpcAnswer> => server.modern('tasks/get', { taskId }, tasks);

describe('a call', () => {
  test('of a tool with job: required is a task at once, and can be found at once', async () => {
    const { result } = await server.modern('tools/call', call('backup'), tasks);
    expect(result).toMatchObject({ resultType: 'task', status: 'working', ttlMs: null, pollIntervalMs: 1000 });
    for (const member of ['result', 'error', 'inputRequests', 'requestState', 'task']) {
      expect(result).not.toHaveProperty(member);
    }
    expect((await get(String(result?.['taskId']))).result).toMatchObject({ status: 'working', resultType: 'complete' });
  });

  test('of a tool with job: auto becomes a task when it takes long, and else is a result', async () => {
    const short = server.modern('tools/call', call('work'), tasks);
    await settled();
    runs[0]?.end('done');
    expect((await short).result).toMatchObject({ resultType: 'complete', content: [{ text: 'done' }] });
    const long = server.modern('tools/call', call('work'), tasks);
    await settled();
    server.clock.advance(1000);
    expect((await long).result).toMatchObject({ resultType: 'task', status: 'working' });
  });

  test('without the extension is never a task; job: required then names what is missing', async () => {
    const refused = await server.modern('tools/call', call('backup'));
    expect(refused).toMatchObject({
      status: 400,
      error: { code: -32_021, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } },
    });
    expect((await server.jobs.usage()).jobs.size).toBe(0);
  });

  test('of the 2025 era ignores the extension', async () => {
    const { result } = await server.legacy('tools/call', call('backup'));
    expect(result).not.toHaveProperty('taskId');
    expect((await server.legacy('tasks/get', { taskId: 'x' })).error?.code).toBe(-32_601);
  });
});

describe('tasks/get', () => {
  test('has the result of a task that ended, with an error of the tool too', async () => {
    const [done, failed] = [await startTask(), await startTask()];
    runs[0]?.end('done');
    runs[1]?.fail(new ToolError('tool_error', 'It did not work.'));
    await settled();
    expect((await get(done)).result).toMatchObject({
      status: 'completed',
      ttlMs: 60_000,
      result: { content: [{ type: 'text', text: 'done' }] },
    });
    expect((await get(failed)).result).toMatchObject({ status: 'completed', result: { isError: true } });
  });

  test('has an error where the server failed, and no result', async () => {
    const id = await startTask();
    runs[0]?.fail(new ToolError('internal_error', 'Internal server error.'));
    await settled();
    const { result } = await get(id);
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: -32_603, data: { type: 'internal_error', correlationId: id, started: true } },
    });
    expect(result).not.toHaveProperty('result');
  });

  test('says what the run reported last', async () => {
    const id = await startTask();
    runs[0]?.context.reportProgress({ progress: 3, total: 4, message: 'nearly' });
    server.clock.advance(1000);
    await settled();
    expect((await get(id)).result).toMatchObject({ statusMessage: '75% nearly' });
  });

  test('says that the time was over in the result of an expired task', async () => {
    const id = await startTask('greet', asking);
    // The store looks once an hour at most.
    for (const ms of [3_600_000, 1000]) {
      server.clock.advance(ms);
      await settled();
    }
    expect((await get(id)).result).toMatchObject({ status: 'completed', result: { isError: true } });
  });
});

describe('tasks/cancel', () => {
  test('ends the run, and answers the same however often', async () => {
    const id = await startTask();
    for (let time = 0; time < 3; time += 1) {
      const { result } = await server.modern('tasks/cancel', { taskId: id }, tasks);
      expect(Object.keys(result ?? {}).toSorted()).toEqual(['_meta', 'resultType']);
      await settled();
    }
    expect(runs[0]?.context.signal.aborted).toBe(true);
    const { result } = await get(id);
    expect(result).toMatchObject({ status: 'cancelled' });
    expect(result).not.toHaveProperty('result');
  });
});

describe('a task that asks its user', () => {
  const update = (taskId: string, inputResponses: object): Promise<RpcAnswer> =>
    server.modern('tasks/update', { taskId, inputResponses }, tasks);
  const answer = (name: string): object => ({ action: 'accept', content: { name } });

  test('waits without a run, keeps partial answers, and goes on with the last one', async () => {
    const id = await startTask('greet', asking);
    expect((await get(id)).result).toMatchObject({
      status: 'input_required',
      inputRequests: { '1.first': { method: 'elicitation/create' }, '1.last': {} },
    });
    expect([server.jobs.running, greetings]).toEqual([0, 1]);
    expect((await update(id, { '1.first': answer('Ada'), unknown: {} })).result).toMatchObject({
      resultType: 'complete',
    });
    const { result } = await get(id);
    expect(result).toMatchObject({ status: 'input_required' });
    expect(Object.keys(result?.['inputRequests'] as object)).toEqual(['1.last']);
    await update(id, { '1.last': answer('Lovelace') });
    await settled();
    expect((await get(id)).result).toMatchObject({
      status: 'completed',
      result: { content: [{ text: 'Ada Lovelace' }] },
    });
    expect(greetings).toBe(2);
  });

  test('asks again under another key after an answer that does not fit', async () => {
    const id = await startTask('greet', asking);
    await update(id, { '1.first': answer('Ada'), '1.last': { action: 'accept', content: { name: 7 } } });
    await settled();
    const { result } = await get(id);
    expect(Object.keys(result?.['inputRequests'] as object)).toEqual(['2.last']);
    await update(id, { '1.last': answer('Late'), '2.last': answer('Lovelace') });
    await settled();
    expect((await get(id)).result).toMatchObject({ result: { content: [{ text: 'Ada Lovelace' }] } });
  });

  test('asks for the approval that its tool needs, and does nothing without it', async () => {
    const key = '1.confirmation_of_the_call';
    const [allowed, refused] = [await startTask('erase', asking), await startTask('erase', asking)];
    await update(allowed, { [key]: { action: 'accept', content: {} } });
    await update(refused, { [key]: { action: 'decline' } });
    await settled();
    expect((await get(allowed)).result).toMatchObject({ result: { content: [{ text: 'erased' }] } });
    expect((await get(refused)).result).toMatchObject({ result: { isError: true } });
  });

  test('is refused from the start where its client cannot ask', async () => {
    const { result } = await server.modern('tools/call', call('erase'), tasks);
    expect(result).toMatchObject({ resultType: 'complete', isError: true });
  });

  test('can be cancelled while it waits', async () => {
    const id = await startTask('greet', asking);
    await server.modern('tasks/cancel', { taskId: id }, tasks);
    expect((await get(id)).result).toMatchObject({ status: 'cancelled' });
    await update(id, { '1.first': answer('Ada'), '1.last': answer('Lovelace') });
    await settled();
    expect([(await get(id)).result?.['status'], greetings]).toEqual(['cancelled', 1]);
  });

  test('needs responses', async () => {
    const id = await startTask('greet', asking);
    const { error } = await server.modern('tasks/update', { taskId: id }, tasks);
    expect(error?.code).toBe(-32_602);
  });
});

describe('every request about a task', () => {
  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
    'answers the same for foreign, unknown and forbidden tasks: %s',
    async (method) => {
      const taskId = await startTask();
      const ask = (id: unknown, principal: typeof ann): Promise<RpcAnswer> =>
        server.modern(method, { taskId: id, inputResponses: {} }, { ...tasks, principal });
      const answers = [
        await ask(taskId, { name: 'bob', scopes: ['tools:call'] }),
        await ask(taskId, { name: 'ann', scopes: ['tools:call:work'] }),
        await ask('A'.repeat(27), ann),
        await ask('no id', ann),
      ];
      for (const { error } of answers) expect(error).toEqual(answers[0]?.error);
      expect(answers[0]?.error?.code).toBe(-32_602);
    },
  );

  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
    'needs the extension in its own capabilities: %s',
    async (method) => {
      const taskId = await startTask();
      const answer = await server.modern(method, { taskId, inputResponses: {} });
      expect(answer.error).toMatchObject({
        code: -32_021,
        data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
      });
    },
  );

  test('says that the store does not answer, and nothing of what it said', async () => {
    const taskId = await startTask();
    const broken = (): Promise<never> => Promise.reject(new Error('disk I/O error in /var/lib/secret'));
    server.jobs.get = broken;
    const { error } = await get(taskId);
    expect(error).toEqual({ code: -32_603, message: expect.stringMatching(/^The store of jobs does not answer/) });
    server.jobs.create = broken;
    const started = await server.modern('tools/call', call('backup'), tasks);
    expect(started.error).toEqual({ code: -32_603, message: expect.stringContaining('not known whether') });
  });

  test('is about the job that REST shows under the same id', async () => {
    const taskId = await startTask();
    expect(await server.dependencies.jobs.calls.find(taskId, ann)).toMatchObject({ id: taskId, tool: 'backup' });
  });
});

describe('the extension', () => {
  const extensions = async (principal: typeof ann): Promise<unknown> => {
    const { result = {} } = await server.modern('server/discover', {}, { principal });
    return (result['capabilities'] as { readonly extensions?: unknown }).extensions;
  };

  test('is announced to those who may start a job', async () => {
    expect(await extensions(ann)).toEqual({ [TASKS]: {} });
    expect(await extensions({ name: 'bob', scopes: ['tools:call:plain'] })).toBeUndefined();
  });

  test('takes the place of the tools that follow and cancel executions in the list', async () => {
    const { result = {} } = await server.modern('tools/list', {}, tasks);
    expect((result['tools'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'work',
      'backup',
      'greet',
      'erase',
      'plain',
      'execution_output',
    ]);
  });
});
