import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ToolError, toolContent } from '../index.ts';
import type { ErrorType } from '../index.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { call, makeTool as makeProbe, never } from '../test-support/probe-tool.ts';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const makeTool: typeof makeProbe = (run, spec, options) => makeProbe(run, spec, { clock, ...options });

describe('how an outcome is classified', () => {
  test('what a tool throws is an execution_error without path, message or stack', async () => {
    const error = Object.assign(new Error('open /etc/secret'), { code: 'EACCES' });
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const result = await call(
      makeTool(() => Promise.reject(error)),
      { operatorLog: log },
    );
    expect(result.error).toMatchObject({ type: 'execution_error', message: expect.stringContaining('EACCES') });
    expect(JSON.stringify(result)).not.toMatch(/secret|at .*\.ts/);
    expect(log.warn).toHaveBeenCalledWith(
      'tool threw',
      expect.objectContaining({
        tool: 'probe',
        error: { type: 'Error', message: 'open /etc/secret', code: 'EACCES', stack: error.stack },
      }),
    );
  });

  test.each(['AKIAIOSFODNN7EXAMPLE', 'E_CUSTOMER_42', '', 'toString'])(
    'the code %j, which a tool made up, does not reach the client',
    async (code) => {
      const result = await call(makeTool(() => Promise.reject(Object.assign(new Error('x'), { code }))));
      expect(result.error?.message).toBe('The tool failed with an unexpected error.');
    },
  );

  test('an error that throws where it is looked at is one of the tool too', async () => {
    const getPrototypeOf = (): never => {
      throw new Error('s3cret');
    };
    const result = await call(makeTool(() => Promise.reject(new Proxy(new Error('s3cret'), { getPrototypeOf }))));
    expect(result.error).toMatchObject({ type: 'execution_error' });
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });

  test.each<[string, PropertyDescriptor]>([
    ['message', { get: () => 's3cret' }],
    ['message', { value: { text: 's3cret' } }],
    ['suggestion', { get: () => 's3cret' }],
    ['type', { value: 's3cret' }],
    ['retryAfterMs', { value: { text: 's3cret' } }],
    ['output', { get: () => 's3cret' }],
  ])('a ToolError with another %s than the constructor makes is one of the tool: %j', async (member, property) => {
    const error = Object.defineProperty(new ToolError('unavailable', 'closed'), member, property);
    const result = await call(makeTool(() => Promise.reject(error)));
    expect(result.error).toMatchObject({ type: 'execution_error' });
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });

  test('what a tool throws never reaches the log that a client may read', async () => {
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const thrown = Object.assign(new Error('open /etc/secret'), { config: { headers: { token: 's3cret' } } });
    const wrapped = new ToolError('tool_error', 'The host is down.', { cause: thrown });
    for (const error of [thrown, wrapped, 'text']) {
      await call(
        makeTool(() => Promise.reject(error)),
        { log },
      );
    }
    const onProgress = (): void => {
      throw thrown;
    };
    await call(
      makeTool((_, { reportProgress }) => reportProgress({ progress: 1 })),
      { log, onProgress },
    );
    expect(Object.values(log).flatMap((level) => level.mock.calls)).toEqual([]);
  });

  test('the cause of a thrown ToolError is in the log of the operator, without its properties', async () => {
    const operatorLog = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', config: { token: 's3cret' } });
    await call(
      makeTool(() => Promise.reject(new ToolError('unavailable', 'The host is down.', { cause }))),
      { operatorLog, correlationId: 'c1' },
    );
    expect(operatorLog.warn.mock.calls).toEqual([
      [
        'tool failed',
        {
          tool: 'probe',
          correlationId: 'c1',
          error: { type: 'Error', message: 'refused', code: 'ECONNREFUSED', stack: cause.stack },
        },
      ],
    ]);
  });

  test('a log that throws does not change the response', async () => {
    const fail = (): never => {
      throw new Error('log');
    };
    const operatorLog = { debug: fail, info: fail, warn: fail, error: fail };
    const result = await call(
      makeTool(() => Promise.reject(new Error('x'))),
      { operatorLog },
    );
    expect(result.error?.type).toBe('execution_error');
  });

  test('a timeout by a limit that the caller chose does not count as a failure', async () => {
    const tool = makeTool(never, {
      limits: { timeoutMs: 100, concurrency: 9 },
      circuitBreaker: { failureThreshold: 2 },
    });
    const own = [1, 2, 3].map(() => call(tool, { timeoutMs: 10 }));
    await clock.advanceAsync(10);
    const results = await Promise.all(own);
    expect(results.map(({ error }) => error?.type)).toEqual(['timeout', 'timeout', 'timeout']);
    expect(results[0]?.error?.message).toContain('10 ms');
    expect(results[0]?.error?.suggestion).toContain('100');
    expect(tool.breaker?.state).toBe('closed');
    const whole = [1, 2].map(() => call(tool, { timeoutMs: 100 }));
    await clock.advanceAsync(100);
    await Promise.all(whole);
    expect(tool.breaker?.state).toBe('open');
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

  test('the text of an error ends its sentences, and names the correlation id where only the operator knows more', async () => {
    const textOf = async (error: Error): Promise<unknown> => {
      const tool = makeTool(() => {
        throw error;
      });
      return (await call(tool, { correlationId: 'c1' })).content[0];
    };
    const expired = new ToolError('tool_error', 'The certificate has expired', { suggestion: 'Renew it.' });
    expect(await textOf(expired)).toEqual({ type: 'text', text: 'tool_error: The certificate has expired. Renew it.' });
    expect(await textOf(new Error('x'))).toMatchObject({ text: expect.stringMatching(/Correlation id: c1\.$/) });
  });

  test('control characters are removed from the message of an error too', async () => {
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
    await clock.advanceAsync(20_000);
    expect((await calls).filter(({ error }) => error?.type === 'timeout').length).toBeGreaterThan(0);
    expect(tool.breaker?.state).toBe('closed');
  });

  test('the kinds of failure that count can be chosen', async () => {
    const tool = makeTool(() => Promise.reject(new Error('x')), { circuitBreaker: { failureTypes: ['timeout'] } });
    for (let time = 0; time < 9; time += 1) await call(tool);
    expect(tool.breaker?.state).toBe('closed');
  });

  test.each([undefined, null, 0, '', 'text', Symbol('s')])('throwing %s is throwing too', async (thrown) => {
    const tool = makeTool(() => Promise.reject(thrown));
    expect((await call(tool)).error?.type).toBe('execution_error');
  });

  test('partial output that cannot be shown does not hide the error', async () => {
    const output = toolContent({ content: [], structured: { text: 'x'.repeat(100) } });
    const tool = makeTool(
      () => {
        throw new ToolError('unavailable', 'x', { output });
      },
      { limits: { maxOutputBytes: 10 } },
    );
    expect((await call(tool)).error?.type).toBe('unavailable');
  });

  test('an error inside the pipeline is an internal_error, logged with its cause', async () => {
    const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const tool = makeTool(() => 'x');
    vi.spyOn(tool.bulkhead, 'tryAcquire').mockImplementation(() => {
      throw new Error('broken');
    });
    expect((await call(tool, { operatorLog: log })).error?.type).toBe('internal_error');
    expect(log.error).toHaveBeenCalledWith('internal error', expect.objectContaining({ tool: 'probe' }));
    expect(tool.running).toBe(0);
  });
});
