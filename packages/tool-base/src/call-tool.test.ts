import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callTool, defineTool, TargetPolicy, Tool, ToolError, toolContent } from './index.ts';
import type { CallOutcome, CallRequest, ErrorType, ToolContext, ToolOptions, ToolResult, ToolSpec } from './index.ts';

type Run = (input: Record<string, unknown>, context: ToolContext) => unknown;

const lab = new TargetPolicy({ allowed: ['.lab.internal'] });
const anything = v.record(v.string(), v.unknown());
const inputJsonSchema = { type: 'object', additionalProperties: true };

function makeTool(run: Run, spec: Partial<ToolSpec<typeof anything>> = {}, options: ToolOptions = {}): Tool {
  return new Tool(
    defineTool({ name: 'probe', description: 'Probes', input: anything, inputJsonSchema, ...spec, run }),
    options,
  );
}

function call(tool: Tool | undefined, request: Partial<CallRequest> = {}): Promise<ToolResult> {
  return callTool(tool, { caller: { name: 'ana' }, ...request });
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Fails a tool often enough to open its breaker. */
async function openBreaker(tool: Tool, times = 5): Promise<void> {
  for (let time = 0; time < times; time += 1) await call(tool, { arguments: { fail: true } });
  expect(tool.breaker?.state).toBe('open');
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what a tool returns', () => {
  test('a string becomes text', async () => {
    const result = await call(makeTool(() => 'pong'));
    expect(result).toMatchObject({ ok: true, content: [{ type: 'text', text: 'pong' }], structured: {} });
    expect(result.meta).toMatchObject({ outputBytes: 4, truncated: false, queueMs: 0 });
  });

  test('a plain object becomes structured content, and its JSON the text', async () => {
    const result = await call(makeTool(async () => ({ up: true })));
    expect(result).toMatchObject({ ok: true, structured: { up: true }, content: [{ text: '{"up":true}' }] });
  });

  test('toolContent passes images, audio and resources through', async () => {
    const content = [
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'resource', resource: { uri: 'mcp://x', text: 'a\u001b[31mb' } },
    ] as const;
    const result = await call(makeTool(() => toolContent({ content, structured: { n: 1 } })));
    expect(result.structured).toEqual({ n: 1 });
    expect(result.content).toEqual([content[0], { type: 'resource', resource: { uri: 'mcp://x', text: 'ab' } }]);
  });

  test('nothing becomes no content', async () => {
    expect(await call(makeTool(() => undefined))).toMatchObject({ ok: true, content: [], structured: {} });
  });

  test('something that is no result is an execution_error', async () => {
    expect((await call(makeTool(() => 7))).error?.type).toBe('execution_error');
    expect((await call(makeTool(() => [1]))).error?.type).toBe('execution_error');
  });

  test('steering characters are taken out of text and of structured strings', async () => {
    expect((await call(makeTool(() => 'a\u001b[2Jb\u202ec'))).content).toEqual([{ type: 'text', text: 'abc' }]);
    const { structured, content } = await call(makeTool(() => ({ 'k\u200by': ['a\u0007b', { c: 'd\u{e0041}' }] })));
    expect(structured).toEqual({ ky: ['ab', { c: 'd' }] });
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(structured) }]);
  });

  test('text over the limit is cut on a character boundary and marked', async () => {
    const result = await call(makeTool(() => 'aé€😀', { limits: { maxOutputBytes: 5 } }));
    expect(result).toMatchObject({ content: [{ text: 'aé' }], meta: { truncated: true, outputBytes: 10 } });
  });

  test('structured content over the limit is a tool_error, for JSON cannot be cut', async () => {
    const result = await call(makeTool(() => ({ text: 'x'.repeat(99) }), { limits: { maxOutputBytes: 50 } }));
    expect(result.error).toMatchObject({ type: 'tool_error', message: expect.stringContaining('50 bytes') });
  });

  test('a block that does not fit is left out and the result marked', async () => {
    const content = [
      { type: 'text', text: 'abcdef' },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    ] as const;
    const result = await call(makeTool(() => toolContent({ content }), { limits: { maxOutputBytes: 4 } }));
    expect(result).toMatchObject({ content: [{ text: 'abcd' }], meta: { truncated: true, outputBytes: 10 } });
  });

  test('a result that breaks the output schema is an execution_error', async () => {
    const output = toStandardJsonSchema(v.object({ up: v.boolean() }));
    expect(await call(makeTool(() => ({ up: true }), { output }))).toMatchObject({ ok: true });
    expect((await call(makeTool(() => ({ up: 'yes' }), { output }))).error?.type).toBe('execution_error');
  });
});

describe('what the caller may send', () => {
  const input = toStandardJsonSchema(v.object({ count: v.pipe(v.number(), v.integer()) }));
  const counting = (): Tool =>
    new Tool(defineTool({ name: 'count', description: 'Counts', input, run: ({ count }) => `${count + 1}` }));

  test('arguments that fit the schema reach the tool with their types', async () => {
    expect(await call(counting(), { arguments: { count: 1 } })).toMatchObject({ ok: true, content: [{ text: '2' }] });
  });

  test.each([
    ['a value of the wrong type', { count: '1' }, 'count'],
    ['a missing argument', {}, 'count'],
    ['an unknown argument', { count: 1, extra: 2 }, 'does not know'],
    ['an own __proto__', JSON.parse('{"count":1,"__proto__":{}}'), 'does not know'],
    ['a list', [1], 'JSON object'],
    ['a string', 'count=1', 'JSON object'],
    ['null', null, 'JSON object'],
  ])('%s is a validation_error that names it', async (_, args: unknown, named) => {
    const { error } = await call(counting(), { arguments: args });
    expect(error).toMatchObject({ type: 'validation_error', message: expect.stringContaining(named) });
  });

  test('a refused call names the arguments there are', async () => {
    const { error } = await call(counting(), { arguments: { extra: 2 } });
    expect(error?.suggestion).toContain('count');
  });

  test('an asynchronous schema is waited for', async () => {
    const slow = v.objectAsync({
      id: v.pipeAsync(
        v.string(),
        v.checkAsync(async (id) => id === 'a'),
      ),
    });
    const tool = new Tool(
      defineTool({
        name: 'slow',
        description: 'Slow',
        input: slow,
        inputJsonSchema: { type: 'object', properties: { id: { type: 'string' } } },
        run: ({ id }) => id,
      }),
    );
    expect(await call(tool, { arguments: { id: 'a' } })).toMatchObject({ ok: true });
    expect((await call(tool, { arguments: { id: 'b' } })).error?.type).toBe('validation_error');
  });

  test.each(['', 'a b', 'x'.repeat(65), 'a\nb'])(
    'the correlation id %j is refused and replaced',
    async (correlationId) => {
      const { error } = await call(counting(), { arguments: { count: 1 }, correlationId });
      expect(error?.type).toBe('validation_error');
      expect(error?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('a clean correlation id is kept everywhere, and a missing one is made', async () => {
    const kept = await call(counting(), { arguments: {}, correlationId: 'req-1:a' });
    expect([kept.error?.correlationId, kept.meta.correlationId]).toEqual(['req-1:a', 'req-1:a']);
    const [one, two] = await Promise.all([call(counting()), call(counting())]);
    expect(one.meta.correlationId).not.toBe(two.meta.correlationId);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 31, 5001])('a timeoutMs of %s is refused', async (timeoutMs) => {
    const tool = makeTool(() => 'x', { limits: { timeoutMs: 5000 } });
    expect((await call(tool, { timeoutMs })).error?.type).toBe('validation_error');
  });
});

describe('which calls do not run at all', () => {
  test('a missing tool is not_found, without echoing what was asked for', async () => {
    expect((await call(undefined)).error).toMatchObject({
      type: 'not_found',
      message: 'There is no tool of that name.',
    });
  });

  test('a tool that is switched off is disabled', async () => {
    const run = vi.fn<Run>();
    const tool = makeTool(run);
    tool.enabled = false;
    expect((await call(tool)).error?.type).toBe('disabled');
    expect(run).not.toHaveBeenCalled();
  });

  test('a caller that has already gone is cancelled', async () => {
    const run = vi.fn<Run>();
    expect((await call(makeTool(run), { signal: AbortSignal.abort() })).error?.type).toBe('cancelled');
    expect(run).not.toHaveBeenCalled();
  });

  test('a target outside the policy never reaches the tool', async () => {
    const run = vi.fn<Run>();
    const tool = makeTool(run, { target: { parameter: 'host', kind: 'ip' } });
    expect((await call(tool, { arguments: { host: '8.8.8.8' } })).error?.type).toBe('validation_error');
    expect((await call(tool, { arguments: {} })).error?.type).toBe('validation_error');
    expect(run).not.toHaveBeenCalled();
  });
});

describe('the deadline', () => {
  test('a run past its limit is a timeout, and the tool sees its signal aborted', async () => {
    let seen: AbortSignal | undefined;
    const tool = makeTool(
      (_, { signal }) => {
        seen = signal;
        return never();
      },
      { limits: { timeoutMs: 1000 } },
    );
    const result = call(tool);
    await vi.advanceTimersByTimeAsync(999);
    expect(seen?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toMatchObject({ ok: false, error: { type: 'timeout' }, meta: { durationMs: 1000 } });
    expect(seen?.aborted).toBe(true);
  });

  test('a tool that looks at its signal only after the end finds it aborted', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const tool = makeTool(
      async (_, context) => {
        await new Promise((wake) => setTimeout(wake, 2000));
        resolve(context.signal.aborted);
      },
      { limits: { timeoutMs: 1000 } },
    );
    const result = call(tool);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await result).error?.type).toBe('timeout');
    expect(await promise).toBe(true);
  });

  test('the caller may ask for less time than the tool has', async () => {
    const result = call(makeTool(never), { timeoutMs: 10 });
    await vi.advanceTimersByTimeAsync(10);
    expect((await result).error?.type).toBe('timeout');
  });

  test('the context tells the deadline as a moment', async () => {
    vi.setSystemTime(1_000_000);
    const tool = makeTool((_, { deadline }) => ({ deadline }), { limits: { timeoutMs: 5000 } });
    expect((await call(tool)).structured).toEqual({ deadline: 1_005_000 });
  });

  test('a caller that gives up is answered with cancelled at once', async () => {
    const caller = new AbortController();
    const result = call(makeTool(never), { signal: caller.signal });
    await vi.advanceTimersByTimeAsync(5);
    caller.abort();
    expect((await result).error?.type).toBe('cancelled');
  });

  test('no timer and no listener is left after a call', async () => {
    const caller = new AbortController();
    const remove = vi.spyOn(caller.signal, 'removeEventListener');
    await call(
      makeTool(async () => 'x'),
      { signal: caller.signal },
    );
    expect(vi.getTimerCount()).toBe(0);
    expect(remove).toHaveBeenCalled();
  });

  test('a tool that goes on after its time keeps its slot for at most 5 s', async () => {
    const tool = makeTool(never, { limits: { timeoutMs: 100, concurrency: 1 } });
    const result = call(tool);
    await vi.advanceTimersByTimeAsync(100);
    await result;
    expect(tool.running).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(tool.running).toBe(0);
  });

  test('a tool that ends late gives its slot back then, once', async () => {
    const tool = makeTool(() => new Promise((wake) => setTimeout(wake, 150)), { limits: { timeoutMs: 100 } });
    const result = call(tool);
    await vi.advanceTimersByTimeAsync(100);
    await result;
    await vi.advanceTimersByTimeAsync(50);
    expect(tool.running).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tool.running).toBe(0);
  });
});

describe('how an ending is classified', () => {
  test('what a tool throws is an execution_error that tells no path, message or stack', async () => {
    const error = Object.assign(new Error('open /etc/secret'), { code: 'EACCES' });
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const result = await call(
      makeTool(() => Promise.reject(error)),
      { log },
    );
    expect(result.error).toMatchObject({ type: 'execution_error', message: expect.stringContaining('EACCES') });
    expect(JSON.stringify(result)).not.toMatch(/secret|at .*\.ts/);
    expect(log.warn).toHaveBeenCalledWith('tool threw', expect.objectContaining({ error }));
  });

  test('a ToolError keeps its type, message, suggestion, retry time and partial output', async () => {
    const output = toolContent({ content: [{ type: 'text', text: 'half' }], structured: { n: 1 } });
    const tool = makeTool(() => {
      throw new ToolError('tool_error', 'The host is down.', { suggestion: 'Ask later.', retryAfterMs: 9, output });
    });
    const result = await call(tool, { correlationId: 'c1' });
    const error = {
      type: 'tool_error',
      message: 'The host is down.',
      suggestion: 'Ask later.',
      retryAfterMs: 9,
      correlationId: 'c1',
    };
    expect(result.error).toEqual(error);
    expect(result.structured).toEqual({ n: 1, error });
    expect(result.content).toEqual([
      { type: 'text', text: 'tool_error: The host is down. Ask later.' },
      { type: 'text', text: 'half' },
    ]);
  });

  test('steering characters are taken out of the message of an error too', async () => {
    const tool = makeTool(() => {
      throw new ToolError('tool_error', 'a\u001b[2Jb', { suggestion: 'c\u202ed' });
    });
    expect((await call(tool)).error).toMatchObject({ message: 'ab', suggestion: 'cd' });
  });

  test.each<[ErrorType, 'failure' | 'neutral']>([
    ['unavailable', 'failure'],
    ['timeout', 'failure'],
    ['execution_error', 'failure'],
    ['tool_error', 'neutral'],
    ['validation_error', 'neutral'],
    ['resource_exhausted', 'neutral'],
    ['cancelled', 'neutral'],
    ['internal_error', 'neutral'],
  ])('for the breaker a %s is a %s', async (type, effect) => {
    const tool = makeTool(() => {
      throw new ToolError(type, 'x');
    });
    for (let time = 0; time < 5; time += 1) await call(tool);
    expect(tool.breaker?.state).toBe(effect === 'failure' ? 'open' : 'closed');
    const { totals } = tool.breaker!.stats();
    expect(totals).toMatchObject(effect === 'failure' ? { failure: 5 } : { ignored: 5, success: 0 });
  });

  test('refused input never reaches the breaker', async () => {
    const tool = makeTool(() => 'x');
    for (let time = 0; time < 9; time += 1) await call(tool, { arguments: [] });
    expect(tool.breaker?.stats().totals).toMatchObject({ calls: 0, failure: 0 });
  });

  test('timeouts can be declared neutral', async () => {
    const tool = makeTool(never, { limits: { timeoutMs: 5 }, circuitBreaker: { timeoutIsFailure: false } });
    const calls = Promise.all(Array.from({ length: 6 }, () => call(tool)));
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await calls).filter(({ error }) => error?.type === 'timeout').length).toBeGreaterThan(0);
    expect(tool.breaker?.state).toBe('closed');
  });

  test('the kinds of failure that count can be chosen', async () => {
    const tool = makeTool(() => Promise.reject(new Error('x')), { circuitBreaker: { failureTypes: ['timeout'] } });
    for (let time = 0; time < 9; time += 1) await call(tool);
    expect(tool.breaker?.state).toBe('closed');
  });

  test('an error inside the pipeline is an internal_error, logged with its cause', async () => {
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const tool = makeTool(() => ({
      toJSON() {
        throw new Error('broken');
      },
    }));
    expect((await call(tool, { log })).error?.type).toBe('internal_error');
    expect(log.error).toHaveBeenCalledWith('internal error', expect.objectContaining({ tool: 'probe' }));
    expect(tool.running).toBe(0);
  });
});

describe('the breaker and the queue', () => {
  const failing: Run = ({ fail, wait }) =>
    fail === true
      ? Promise.reject(new Error('x'))
      : wait === true
        ? new Promise((wake) => setTimeout(wake, 1000))
        : 'ok';

  test('an open breaker refuses with a retry time and does not run the tool', async () => {
    const run = vi.fn<Run>(failing);
    const tool = makeTool(run);
    await openBreaker(tool);
    const { error } = await call(tool);
    expect(error?.type).toBe('circuit_breaker_open');
    expect(error?.retryAfterMs).toBeGreaterThan(50_000);
    expect(error?.suggestion).toMatch(/before \d+ s/);
    expect(run).toHaveBeenCalledTimes(5);
  });

  test('the tool recovers by a probe after the open period', async () => {
    const tool = makeTool(failing);
    await openBreaker(tool);
    await vi.advanceTimersByTimeAsync(70_000);
    expect(await call(tool)).toMatchObject({ ok: true });
    expect(tool.breaker?.state).toBe('closed');
  });

  test('with scope target one dead target does not cut off another', async () => {
    const tool = makeTool(failing, { circuitBreaker: { scope: 'target', failureThreshold: 2, maxTargets: 2 } });
    const pointed = new Tool(
      { ...tool.definition, targets: [{ parameter: 'host', kind: 'host', resolve: 'off' }] },
      { policy: lab },
    );
    const at = (host: string, fail: boolean): Promise<ToolResult> => call(pointed, { arguments: { host, fail } });
    await at('a.lab.internal', true);
    await at('A.lab.internal', true);
    expect((await at('a.lab.internal', false)).error?.type).toBe('circuit_breaker_open');
    expect(await at('b.lab.internal', false)).toMatchObject({ ok: true });
    for (const host of ['c', 'd', 'e', 'f']) await at(`${host}.lab.internal`, false);
    const names = [...pointed.breakers].map((breaker) => breaker.name);
    expect(names.length).toBeLessThanOrEqual(3);
    expect(names).toContain('probe@a.lab.internal');
  });

  test('a call that finds no slot waits its turn, and the wait is not run time', async () => {
    const tool = makeTool(failing, { limits: { concurrency: 1 } });
    const first = call(tool, { arguments: { wait: true } });
    const second = call(tool, { arguments: { wait: true } });
    await vi.advanceTimersByTimeAsync(2000);
    expect((await first).meta).toMatchObject({ queueMs: 0, durationMs: 1000 });
    expect((await second).meta).toMatchObject({ queueMs: 1000, durationMs: 1000 });
  });

  test('a full queue refuses at once with a retry time', async () => {
    const tool = makeTool(failing, { limits: { concurrency: 1, queue: { size: 1 } } });
    const waiting = [call(tool, { arguments: { wait: true } }), call(tool)];
    const { error } = await call(tool);
    expect(error).toMatchObject({ type: 'resource_exhausted', retryAfterMs: expect.any(Number) });
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all(waiting);
  });

  test('a call queued too long is resource_exhausted', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1, queue: { timeoutMs: 50 } } });
    void call(tool);
    const second = call(tool);
    await vi.advanceTimersByTimeAsync(50);
    expect(await second).toMatchObject({ error: { type: 'resource_exhausted' }, meta: { queueMs: 50, durationMs: 0 } });
    expect(tool.queued).toBe(0);
  });

  test('a queued call whose caller gives up leaves the queue', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1 } });
    const caller = new AbortController();
    void call(tool);
    const second = call(tool, { signal: caller.signal });
    expect(tool.queued).toBe(1);
    caller.abort();
    expect((await second).error?.type).toBe('cancelled');
    expect(tool.queued).toBe(0);
  });

  test('queued calls are turned away at once when the breaker opens', async () => {
    const run = vi.fn<Run>(() => new Promise((_, reject) => setTimeout(() => reject(new Error('x')), 100)));
    const tool = makeTool(run, { limits: { concurrency: 1 }, circuitBreaker: { failureThreshold: 1 } });
    const calls = [call(tool), call(tool), call(tool)];
    await vi.advanceTimersByTimeAsync(100);
    const types = (await Promise.all(calls)).map((result) => result.error?.type);
    expect(types).toEqual(['execution_error', 'circuit_breaker_open', 'circuit_breaker_open']);
    expect(run).toHaveBeenCalledTimes(1);
    expect([tool.running, tool.queued, vi.getTimerCount()]).toEqual([0, 0, 0]);
  });

  test('an open breaker is told before a full queue', async () => {
    const tool = makeTool(failing, { limits: { concurrency: 1, queue: { size: 0 } } });
    void call(tool, { arguments: { wait: true } });
    await vi.advanceTimersByTimeAsync(0);
    tool.breaker?.trip();
    expect((await call(tool)).error?.type).toBe('circuit_breaker_open');
    await vi.advanceTimersByTimeAsync(1000);
  });

  test('two tools of one definition share nothing', async () => {
    const one = makeTool(failing);
    const two = new Tool(one.definition);
    await openBreaker(one);
    expect(await call(two)).toMatchObject({ ok: true });
  });
});

describe('what is recorded', () => {
  function recording(): { outcomes: CallOutcome[]; starts: string[]; options: ToolOptions } {
    const outcomes: CallOutcome[] = [];
    const starts: string[] = [];
    const recorder = {
      start(tool: string) {
        starts.push(tool);
        return { end: (outcome: CallOutcome) => void outcomes.push(outcome) };
      },
    };
    return { outcomes, starts, options: { recorder } };
  }

  test.each<[string, Run, Partial<CallRequest>, Partial<CallOutcome>]>([
    ['success', () => 'abc', {}, { status: 'success', outputBytes: 3 }],
    ['failure', () => Promise.reject(new Error('x')), {}, { status: 'failure', errorType: 'execution_error' }],
    [
      'a refused input',
      () => 'x',
      { arguments: 1 },
      { status: 'rejected', errorType: 'validation_error', durationMs: 0 },
    ],
    ['cancellation', () => 'x', { signal: AbortSignal.abort() }, { status: 'cancelled', errorType: 'cancelled' }],
  ])('%s is recorded once', async (_, run, request, outcome) => {
    const { outcomes, starts, options } = recording();
    const { meta } = await call(makeTool(run, {}, options), request);
    expect(starts).toEqual(['probe']);
    expect(outcomes).toEqual([expect.objectContaining({ ...outcome, traceId: meta.correlationId })]);
  });

  test('a timeout is recorded as one, and its late end not at all', async () => {
    const { outcomes, options } = recording();
    const result = call(
      makeTool(() => new Promise((wake) => setTimeout(wake, 200)), { limits: { timeoutMs: 100 } }, options),
    );
    await vi.advanceTimersByTimeAsync(1000);
    await result;
    expect(outcomes).toEqual([expect.objectContaining({ status: 'timeout', durationMs: 100 })]);
  });

  test('a queued call counts as running only from when it runs', async () => {
    const { starts, options } = recording();
    const tool = makeTool(() => new Promise((wake) => setTimeout(wake, 100)), { limits: { concurrency: 1 } }, options);
    const calls = [call(tool), call(tool)];
    await vi.advanceTimersByTimeAsync(50);
    expect(starts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(150);
    await Promise.all(calls);
    expect(starts).toHaveLength(2);
  });

  test('a recorder that throws does not spoil the answer', async () => {
    const recorder = {
      start: () => ({
        end() {
          throw new Error('full');
        },
      }),
    };
    expect(await call(makeTool(() => 'x', {}, { recorder }))).toMatchObject({ ok: true });
  });
});

describe('progress', () => {
  test('reports reach the caller while the call runs, not after it', async () => {
    const heard = vi.fn();
    let late: (() => void) | undefined;
    const tool = makeTool(async (_, context) => {
      late = (): void => context.reportProgress({ progress: 2 });
      context.reportProgress({ progress: 1, total: 2, message: 'half' });
      return 'x';
    });
    await call(tool, { onProgress: heard });
    late?.();
    expect(heard.mock.calls).toEqual([[{ progress: 1, total: 2, message: 'half' }]]);
  });
});
