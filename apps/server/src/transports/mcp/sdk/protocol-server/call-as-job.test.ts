/** Calls of tools with jobs by clients without tasks: a result if there is one soon, else a handle and the tools to follow it. */
import { defineTool, fromJsonSchema } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { settled } from '../../../../jobs/test-support/test-jobs.ts';
import { heldTool, type HeldRun } from '../../test-support/held-tool.ts';
import { ann, TestJobServer, type RpcAnswer } from '../../test-support/test-job-server.ts';

let runs: HeldRun[];
let server: TestJobServer;
beforeEach(async () => {
  runs = [];
  server = new TestJobServer([
    heldTool('work', 'auto', runs),
    heldTool('backup', 'required', runs),
    defineTool({
      name: 'plain',
      description: 'Answers',
      input: fromJsonSchema({ type: 'object' }),
      run: () => 'plain',
    }),
    defineTool({
      name: 'late',
      description: 'Works, then asks for a name',
      job: { mode: 'auto' },
      input: fromJsonSchema({ type: 'object' }),
      async run(_, context) {
        await new Promise((resolve, reject) => void runs.push({ context, end: resolve, fail: reject }));
        const form = { type: 'object', properties: { name: { type: 'string' } } } as const;
        const answer = await context.askUser({ key: 'name', message: 'Who are you?', form });
        return answer.action === 'accept' ? `Hello ${String(answer.values['name'])}` : 'Hello';
      },
    }),
    defineTool({
      name: 'greet',
      description: 'Asks for a name',
      job: { mode: 'auto' },
      input: fromJsonSchema({ type: 'object' }),
      async run(_, { askUser }) {
        const form = { type: 'object', properties: { name: { type: 'string' } } } as const;
        const answer = await askUser({ key: 'name', message: 'Who are you?', form });
        return answer.action === 'accept' ? `Hello ${String(answer.values['name'])}` : 'Hello';
      },
    }),
  ]);
  await server.endpoint.prepare();
});
afterEach(() => server[Symbol.asyncDispose]());

const call = (name: string, values: object = {}): Record<string, unknown> => ({ name, arguments: values });

function textOf({ result = {} }: RpcAnswer): string {
  return (result['content'] as { text?: string }[]).map(({ text }) => text).join('\n');
}

function handleOf({ result }: RpcAnswer): Record<string, unknown> {
  return result?.['structuredContent'] as Record<string, unknown>;
}

async function keptJobs(): Promise<number> {
  return (await server.jobs.usage()).jobs.size;
}

/** Starts a job that its client got a handle for. */
async function startedJob(): Promise<string> {
  const answer = await server.legacy('tools/call', call('backup'));
  await settled();
  return String(handleOf(answer)['executionId']);
}

describe('a call of a tool with job: auto', () => {
  test.each(['modern', 'legacy'] as const)(
    'that ends in time is answered with its result and leaves no job: %s',
    async (era) => {
      const calling = server[era]('tools/call', call('work'));
      await settled();
      runs[0]?.end('done');
      expect((await calling).result).toMatchObject({ content: [{ type: 'text', text: 'done' }] });
      expect(await keptJobs()).toBe(0);
    },
  );

  test.each(['modern', 'legacy'] as const)(
    'that takes longer goes on, and its client gets a handle: %s',
    async (era) => {
      const calling = server[era]('tools/call', call('work'));
      await settled();
      server.clock.advance(20_000);
      const answer = await calling;
      const { executionId } = handleOf(answer);
      expect(handleOf(answer)).toEqual({
        executionId,
        tool: 'work',
        state: 'running',
        message: '',
        output: { stdoutBytes: 0, stderrBytes: 0, removed: false },
        pollAfterMs: 1000,
      });
      expect(textOf(answer)).toContain(`Call execution_status with {"executionId": "${String(executionId)}"`);
      expect(runs[0]?.context.signal.aborted).toBe(false);
      runs[0]?.end('done');
      await settled();
      expect(textOf(await server.legacy('tools/call', call('execution_status', { executionId })))).toBe(
        'The execution has ended: completed after 20 s.\ndone',
      );
    },
  );

  test('that fails in time is answered with its error', async () => {
    const calling = server.modern('tools/call', call('work'));
    await settled();
    runs[0]?.fail(new Error('secret text'));
    const { result } = await calling;
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(await keptJobs()).toBe(0);
  });

  test('reports its progress to the client that waits for it, and nothing once that has its handle', async () => {
    const calling = server.endpoint.handle(...requestOf({ ...call('work'), _meta: { progressToken: 'p' } }), ann);
    await settled();
    runs[0]?.context.reportProgress({ progress: 1, total: 4, message: 'first' });
    await settled();
    server.clock.advance(20_000);
    const response = await calling;
    await settled();
    runs[0]?.context.reportProgress({ progress: 2, total: 4, message: 'second' });
    const text = await response.text();
    expect(text).toContain('"message":"first"');
    expect(text).not.toContain('"message":"second"');
  });

  test('is cancelled with its request, unless the client may ask for it again', async () => {
    const [gone, kept] = [new AbortController(), new AbortController()];
    const send = (signal: AbortSignal, meta: object): Promise<Response> => {
      const [request, body] = requestOf({ ...call('work'), _meta: meta });
      return server.endpoint.handle(new Request(request, { signal }), body, ann);
    };
    const [first, second] = [send(gone.signal, {}), send(kept.signal, { 'mcp-server/idempotency-key': 'k' })];
    await settled();
    gone.abort();
    kept.abort();
    await settled();
    expect(runs.filter(({ context }) => context.signal.aborted)).toHaveLength(1);
    await Promise.allSettled([first, second]);
  });

  test('asks its user within the request, in both eras', async () => {
    const asked = await server.modern('tools/call', call('greet'), { capabilities: { elicitation: {} } });
    expect(asked.result).toMatchObject({ resultType: 'input_required', inputRequests: { '1.name': {} } });
    expect(await keptJobs()).toBe(0);
    const answered = await server.modern(
      'tools/call',
      {
        ...call('greet'),
        requestState: asked.result?.['requestState'],
        inputResponses: { '1.name': { action: 'accept', content: { name: 'Ada' } } },
      },
      { capabilities: { elicitation: {} } },
    );
    expect(textOf(answered)).toBe('Hello Ada');
    expect(await keptJobs()).toBe(0);
  });

  test('with an idempotency key is one job in whatever state, and other arguments are refused', async () => {
    const keyed = (values: object): Promise<RpcAnswer> =>
      server.modern('tools/call', { ...call('work', values), _meta: { 'mcp-server/idempotency-key': 'k1' } });
    const first = keyed({ path: 'a' });
    await settled();
    runs[0]?.end('once');
    expect(textOf(await first)).toBe('once');
    expect(textOf(await keyed({ path: 'a' }))).toBe('once');
    expect(textOf(await keyed({ path: 'b' }))).toContain('other arguments');
    expect(runs).toHaveLength(1);
  });

  test.each([[1], [''], ['two words']])('with the idempotency key %j is an error of its params', async (key) => {
    const _meta = { 'mcp-server/idempotency-key': key };
    expect((await server.modern('tools/call', { ...call('work'), _meta })).error?.code).toBe(-32_602);
  });

  test('an idempotency key for a tool without jobs is refused: it would have no effect', async () => {
    const _meta = { 'mcp-server/idempotency-key': 'k' };
    const { error } = await server.modern('tools/call', { ...call('plain'), _meta });
    expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining('job: auto') });
  });
});

describe('a call of a tool with job: required', () => {
  test('gets a handle at once in the 2025 era', async () => {
    const answer = await server.legacy('tools/call', call('backup'));
    expect(handleOf(answer)).toMatchObject({ tool: 'backup', state: expect.stringMatching(/queued|running/) });
  });

  test('is checked like any other call before it is a job', async () => {
    const answer = await server.legacy('tools/call', call('backup', { path: 1 }));
    expect(answer.result).toMatchObject({ isError: true });
    expect(textOf(answer)).toContain('validation_error');
    expect(await keptJobs()).toBe(0);
  });
});

describe('a job that asks its user after its client has a handle', () => {
  const asking = { capabilities: { elicitation: {} } };
  const status = (executionId: unknown, more: object, options: object = asking): Promise<RpcAnswer> =>
    server.modern('tools/call', { ...call('execution_status', { executionId }), ...more }, options);

  /** The tool works for a while, then asks. */
  async function waitingJob(): Promise<unknown> {
    const calling = server.modern('tools/call', call('late'), asking);
    await settled();
    server.clock.advance(20_000);
    const { executionId } = handleOf(await calling);
    runs[0]?.end('worked');
    await settled();
    return executionId;
  }

  test('asks within execution_status, and goes on with the answer', async () => {
    const executionId = await waitingJob();
    const asked = await status(executionId, {});
    expect(asked.result).toMatchObject({ resultType: 'input_required', inputRequests: { '1.name': {} } });
    const { requestState } = asked.result ?? {};
    const inputResponses = { '1.name': { action: 'accept', content: { name: 'Ada' } } };
    expect(handleOf(await status(executionId, { requestState, inputResponses }))).toMatchObject({ tool: 'late' });
    await settled();
    runs[1]?.end('worked');
    await settled();
    expect(textOf(await status(executionId, {}))).toContain('Hello Ada');
  });

  test('is said to wait where the client cannot ask', async () => {
    const answer = await status(await waitingJob(), {}, {});
    expect(handleOf(answer)).toMatchObject({ state: 'waiting' });
    expect(textOf(answer)).toContain('It waits for input from its user');
  });

  test('takes no answer with the state of another call', async () => {
    const executionId = await waitingJob();
    const other = await server.modern('tools/call', call('greet'), asking);
    const { requestState } = other.result ?? {};
    const inputResponses = { '1.name': { action: 'accept', content: { name: 'Eve' } } };
    const answer = await status(executionId, { requestState, inputResponses });
    expect(answer.result).toMatchObject({ resultType: 'input_required' });
  });
});

describe('execution_status', () => {
  test('waits for the end as long as waitMs says', async () => {
    const executionId = await startedJob();
    const waiting = server.legacy('tools/call', call('execution_status', { executionId, waitMs: 20_000 }));
    await settled();
    server.clock.advance(20_000);
    expect(handleOf(await waiting)).toMatchObject({ state: 'running', pollAfterMs: 1000 });
    const ended = server.legacy('tools/call', call('execution_status', { executionId, waitMs: 20_000 }));
    await settled();
    runs[0]?.end({ rows: 3 });
    expect(handleOf(await ended)).toMatchObject({ state: 'completed', isError: false, pollAfterMs: null });
  });

  test('tells what a failed job failed of', async () => {
    const executionId = await startedJob();
    runs[0]?.fail(new Error('secret'));
    await settled();
    const answer = await server.legacy('tools/call', call('execution_status', { executionId }));
    expect(handleOf(answer)).toMatchObject({ state: 'completed', isError: true });
    expect(textOf(answer)).toContain('execution_error');
    expect(textOf(answer)).not.toContain('secret');
  });

  test('answers the same for what is foreign and what was never there', async () => {
    const executionId = await startedJob();
    const bob = { name: 'bob', scopes: ['tools:call'] };
    const ask = (id: string, principal: typeof ann): Promise<RpcAnswer> =>
      server.modern('tools/call', call('execution_status', { executionId: id }), { principal });
    const foreign = await ask(executionId, bob);
    const unknown = await ask('A'.repeat(27), ann);
    expect(textOf(foreign)).toBe(textOf(unknown));
    expect(textOf(foreign)).toContain('There is no such execution');
    const narrowed = await ask(executionId, { name: 'ann', scopes: ['tools:call:work'] });
    expect(textOf(narrowed)).toBe(textOf(unknown));
  });
});

test('execution_cancel ends the run', async () => {
  const executionId = await startedJob();
  const answer = await server.legacy('tools/call', call('execution_cancel', { executionId }));
  expect(textOf(answer)).toMatch(/being cancelled|cancelled after/);
  await settled();
  expect(runs[0]?.context.signal.aborted).toBe(true);
  expect((await server.jobs.get(executionId))?.state).toBe('cancelled');
});

describe('the execution tools', () => {
  const names = async (principal = ann): Promise<string[]> => {
    const { result = {} } = await server.modern('tools/list', {}, { principal });
    return (result['tools'] as { name: string }[]).map(({ name }) => name);
  };

  test('are listed for those who may call a tool with jobs, and the one for output for everybody else who may call a tool', async () => {
    expect(await names()).toContain('execution_status');
    expect(await names({ name: 'bob', scopes: ['tools:call:work'] })).toEqual([
      'work',
      'execution_status',
      'execution_output',
      'execution_cancel',
    ]);
    expect(await names({ name: 'bob', scopes: ['tools:call:plain'] })).toEqual(['plain', 'execution_output']);
  });

  test('are refused to those who may not call a tool with jobs', async () => {
    const principal = { name: 'bob', scopes: ['tools:call:plain'] };
    const answer = await server.modern('tools/call', call('execution_status', { executionId: 'x' }), { principal });
    expect(textOf(answer)).toContain('forbidden');
  });

  test('are gone when the last tool with jobs is', async () => {
    const { registry } = server.dependencies;
    for (const name of ['work', 'backup', 'late', 'greet']) registry.remove(name);
    expect(await names()).toEqual(['plain']);
  });
});

function requestOf(params: Record<string, unknown>): [Request, unknown] {
  const _meta = {
    ...(params['_meta'] as object),
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = { jsonrpc: '2.0', id: 'progress', method: 'tools/call', params: { ...params, _meta } };
  const headers = {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'work',
  };
  return [new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body: JSON.stringify(body) }), body];
}
