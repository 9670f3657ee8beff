import { describe, expect, test } from 'vitest';
import { ToolMetrics } from './tool-metrics.ts';
import { outcomeOfError } from './wrap-tool.ts';

function declared(): ToolMetrics {
  const metrics = new ToolMetrics();
  metrics.declare('ping');
  return metrics;
}

const named = (name: string) => Object.assign(new Error('x'), { name });

describe('a wrapped function', () => {
  test('returns the result of the function, and records a success when it settles', async () => {
    const metrics = declared();
    const wrapped = metrics.wrap('ping', async (a: number, b: number) => a + b);
    const pending = wrapped(1, 2);
    expect(metrics.stats('ping')).toMatchObject({ active: 1, count: 0 });
    await expect(pending).resolves.toBe(3);
    expect(metrics.stats('ping')).toMatchObject({ active: 0, success: 1 });
  });

  test('synchronous functions work too', () => {
    const metrics = declared();
    expect(metrics.wrap('ping', (text: string) => text.length)('four')).toBe(4);
    const error = new Error('sync');
    const throws = metrics.wrap('ping', () => {
      throw error;
    });
    expect(throws).toThrow(error);
    expect(metrics.stats('ping')).toMatchObject({ success: 1, failure: 1, errors: { execution_error: 1 } });
  });

  test('rejects with the same error, and records its error type', async () => {
    const metrics = declared();
    const error = Object.assign(new Error('no'), { type: 'unavailable' });
    await expect(metrics.wrap('ping', async () => Promise.reject(error))()).rejects.toBe(error);
    expect(metrics.stats('ping')).toMatchObject({ failure: 1, errors: { unavailable: 1 } });
  });

  test('a cancelled call is recorded at once, even if the function never settles', () => {
    const metrics = declared();
    const wrapped = metrics.wrap('ping', async (_signal: AbortSignal) => new Promise(() => {}), { signal: (s) => s });
    const [user, deadline] = [new AbortController(), new AbortController()];
    void wrapped(user.signal);
    void wrapped(deadline.signal);
    void wrapped(AbortSignal.abort());
    expect(metrics.stats('ping')).toMatchObject({ active: 2, cancelled: 1 });
    user.abort();
    deadline.abort(named('TimeoutError'));
    expect(metrics.stats('ping')).toMatchObject({ active: 0, cancelled: 2, timeout: 1, count: 3 });
  });

  test('a call that is cancelled and then settles is counted once', async () => {
    const metrics = declared();
    const controller = new AbortController();
    const { promise, reject } = Promise.withResolvers<void>();
    const result = metrics.wrap('ping', async (_signal: AbortSignal) => promise, { signal: (s) => s })(
      controller.signal,
    );
    controller.abort();
    reject(named('AbortError'));
    await expect(result).rejects.toThrow('x');
    expect(metrics.stats('ping')).toMatchObject({ count: 1, cancelled: 1, active: 0 });
  });

  test('a lazy thenable is started once', async () => {
    const metrics = declared();
    let runs = 0;
    const query = {
      // eslint-disable-next-line unicorn/no-thenable -- a query builder that runs when it is awaited
      then(resolve: (rows: string) => void) {
        runs++;
        resolve('rows');
      },
    };
    await expect(metrics.wrap('ping', () => query)()).resolves.toBe('rows');
    expect(runs).toBe(1);
    expect(metrics.stats('ping')).toMatchObject({ success: 1 });
  });

  test('a classify or signal option that throws does not change the result', async () => {
    const metrics = declared();
    const broken = () => {
      throw new Error('broken callback');
    };
    const wrapped = metrics.wrap('ping', async () => Promise.reject(new Error('own')), {
      signal: broken,
      classify: broken,
    });
    await expect(wrapped()).rejects.toThrow('own');
    expect(metrics.stats('ping')).toMatchObject({ failure: 1 });
  });

  test('the option classify determines the outcome of an error', async () => {
    const metrics = declared();
    const classify = () => ({ status: 'rejected', errorType: 'forbidden' }) as const;
    await expect(metrics.wrap('ping', async () => Promise.reject(new Error('403')), { classify })()).rejects.toThrow(
      '403',
    );
    expect(metrics.stats('ping')).toMatchObject({ rejected: 1, errors: { forbidden: 1 } });
  });
});

describe('outcomeOfError', () => {
  test.each([
    [named('AbortError'), { status: 'cancelled' }],
    [named('TimeoutError'), { status: 'timeout' }],
    [{ code: 'CIRCUIT_OPEN' }, { status: 'rejected', errorType: 'circuit_breaker_open' }],
    [{ type: 'tool_error' }, { status: 'failure', errorType: 'tool_error' }],
    [{ type: 'none' }, { status: 'failure', errorType: 'execution_error' }],
    [{ type: 'ENOENT' }, { status: 'failure', errorType: 'execution_error' }],
    ['just text', { status: 'failure', errorType: 'execution_error' }],
    [null, { status: 'failure', errorType: 'execution_error' }],
  ])('%o is %o', (error, outcome) => {
    expect(outcomeOfError(error)).toEqual(outcome);
  });
});
