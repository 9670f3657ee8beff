import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import {
  callTool,
  defineCommandTool,
  defineTool,
  ERROR_TYPES,
  httpStatusOf,
  Tool,
  ToolDefinitionError,
  ToolError,
  ToolRegistry,
} from '../index.ts';
import type { PartialToolLimits, RegistryChange, ToolDefinition, ToolOptions } from '../index.ts';

const define = (name: string, limits: PartialToolLimits = {}): ToolDefinition =>
  defineTool({
    name,
    description: 'Probes',
    input: v.object({}),
    inputJsonSchema: { type: 'object' },
    limits,
    run: () => 'x',
  });

describe('limits', () => {
  const limitsOf = (own: PartialToolLimits, options: ToolOptions = {}): unknown =>
    new Tool(define('a', own), options).limits;

  test("are the tool's own, then the server's defaults, then those of the package, member by member", () => {
    expect(limitsOf({ timeoutMs: 5, queue: { size: 1 } }, { defaults: { timeoutMs: 9, concurrency: 7 } })).toEqual({
      timeoutMs: 5,
      concurrency: 7,
      queue: { size: 1, timeoutMs: 30_000 },
      maxOutputBytes: 32_768,
      maxReadBytes: 1_048_576,
    });
  });

  test.each<[string, PartialToolLimits]>([
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: 3_600_001 }],
    ['timeoutMs', { timeoutMs: 2 ** 31 }],
    ['timeoutMs', { timeoutMs: 1.5 }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1001 }],
    ['queue.size', { queue: { size: -1 } }],
    ['queue.timeoutMs', { queue: { timeoutMs: Number.NaN } }],
    ['maxOutputBytes', { maxOutputBytes: 10_485_761 }],
  ])('%s out of range is an error that names it and the range', (name, own) => {
    expect(() => limitsOf(own)).toThrow(ToolDefinitionError);
    expect(() => limitsOf(own)).toThrow(`${name} must be a whole number from`);
  });

  test('above a ceiling are an error, not lowered silently', () => {
    const ceilings = { timeoutMs: 1000, concurrency: 1, maxOutputBytes: 10 };
    expect(() => limitsOf({ timeoutMs: 1001, concurrency: 2, maxOutputBytes: 11 }, { ceilings })).toThrow(
      /timeoutMs is 1001.*concurrency is 2.*maxOutputBytes is 11/,
    );
    expect(limitsOf({ timeoutMs: 1000, concurrency: 1, maxOutputBytes: 10 }, { ceilings })).toMatchObject({
      timeoutMs: 1000,
    });
  });
});

describe('a definition', () => {
  test.each(['', 'a b', 'a/b', 'x'.repeat(129), '__proto__', 'constructor', 'toString', 'ü'])(
    'cannot be named %j',
    (name) => {
      expect(() => define(name)).toThrow(ToolDefinitionError);
    },
  );

  test('of a program needs a launcher', () => {
    const definition = defineCommandTool({ name: 'echo', description: 'Echoes', command: '/bin/echo', args: [] });
    expect(() => new Tool(definition)).toThrow('createLauncher()');
  });

  test('is unavailable where the definition throws, and its reason has no hidden characters', () => {
    const available = (): never => {
      throw new Error('s3cret');
    };
    const failed = new Tool({ ...define('a'), available }).available();
    expect(failed).toEqual({ ok: false, reason: 'It is not known whether it is available: the check failed.' });
    const reason = new Tool({ ...define('a'), available: () => ({ ok: false, reason: 'no\u202e \u001b[2Jkey' }) });
    expect(reason.available()).toEqual({ ok: false, reason: 'no key' });
  });

  test('says whether its tool is available', () => {
    const available = { ok: false, reason: 'no credentials' };
    const definition = { ...define('a'), available: () => available };
    expect(new Tool(definition).available()).toEqual(available);
    expect(new Tool(define('a')).available()).toEqual({ ok: true });
  });
});

describe('the information about a tool', () => {
  test('is plain JSON with its limits, load and breaker', async () => {
    const tool = new Tool(define('a'), { breakerDefaults: { failureThreshold: 1 } });
    await callTool(tool, { caller: { name: 'test' } });
    await callTool(tool, { caller: { name: 'test' }, arguments: 1 });
    tool.breaker?.trip('test');
    const info = tool.info();
    expect(JSON.parse(JSON.stringify(info))).toEqual(info);
    expect(info).toMatchObject({
      name: 'a',
      kind: 'function',
      enabled: true,
      available: { ok: true },
      running: 0,
      queued: 0,
      calls: { total: 2, succeeded: 1, errors: { validation_error: 1 } },
      circuitBreaker: { scope: 'tool', state: 'open', breakers: [{ name: 'a', state: 'open' }] },
    });
  });

  test('reports the state that an operator forced', () => {
    const tool = new Tool(define('a'));
    const held = (): (string | null)[] => tool.info().circuitBreaker.breakers.map(({ forced }) => forced);
    expect(held()).toEqual([null]);
    tool.breaker?.forceOpen();
    expect(held()).toEqual(['open']);
    tool.breaker?.reset();
    expect(held()).toEqual([null]);
  });

  test("the tool's breaker options win over the server's, one by one", () => {
    const definition = { ...define('a'), circuitBreaker: { failureThreshold: 2 } };
    const breakerDefaults = { failureThreshold: 9, recoveryTimeoutMs: 1234, jitter: 0, scope: 'target' } as const;
    const tool = new Tool(definition, { breakerDefaults });
    const breaker = tool.breakers.for('x');
    breaker.acquire().failure(new Error('1'));
    breaker.acquire().failure(new Error('2'));
    expect(breaker.retryAfterMs).toBeGreaterThan(1000);
    expect(breaker.retryAfterMs).toBeLessThanOrEqual(1234);
  });

  test('a breaker is found by its name, which makes none', () => {
    const one = new Tool(define('a'));
    expect([one.breakers.find('a'), one.breakers.find('b')]).toEqual([one.breaker, undefined]);
    const many = new Tool({ ...define('a'), circuitBreaker: { scope: 'target' } });
    expect(many.breakers.find('a@one')).toBeUndefined();
    expect([...many.breakers]).toEqual([]);
    expect(many.breakers.for('one')).toBe(many.breakers.find('a@one'));
  });

  test('listeners are notified of the breakers of new targets', () => {
    const definition: ToolDefinition = { ...define('a'), circuitBreaker: { scope: 'target', maxTargets: 1 } };
    const tool = new Tool(definition);
    const added = vi.fn();
    using _listening = tool.breakers.on('added', (breaker) => added(breaker.name));
    tool.breakers.for('one');
    tool.breakers.for('One');
    tool.breakers.for('two');
    expect(added.mock.calls).toEqual([['a@one'], ['a@two']]);
    expect(tool.breaker).toBeUndefined();
  });
});

describe('error types', () => {
  test('have the HTTP status of the documentation', () => {
    expect(Object.fromEntries(ERROR_TYPES.map((type) => [type, httpStatusOf(type)]))).toEqual({
      validation_error: 400,
      not_found: 404,
      disabled: 409,
      unauthorized: 401,
      forbidden: 403,
      resource_exhausted: 429,
      circuit_breaker_open: 503,
      unavailable: 503,
      timeout: 504,
      tool_error: 200,
      execution_error: 502,
      cancelled: 499,
      internal_error: 500,
    });
  });

  test('each come with a suggestion', () => {
    for (const type of ERROR_TYPES) expect(new ToolError(type, 'x').suggestion).toMatch(/^[A-Z].*\.$/);
  });
});

describe('the registry', () => {
  const make = (name: string): Tool => new Tool(define(name));

  test('keeps tools by name and reports every change with a growing version', () => {
    const registry = new ToolRegistry();
    const changes: RegistryChange[] = [];
    registry.on('changed', (change) => changes.push(change));
    registry.add(make('a'));
    registry.add(make('b'));
    registry.disable('a');
    registry.replace('b', make('b'));
    registry.enable('a');
    registry.remove('b');
    expect(changes.map(({ type, name, version }) => `${version} ${type} ${name}`)).toEqual([
      '1 added a',
      '2 added b',
      '3 disabled a',
      '4 replaced b',
      '5 enabled a',
      '6 removed b',
    ]);
    expect(registry.version).toBe(6);
    expect(registry.list().map((tool) => tool.name)).toEqual(['a']);
  });

  test('refuses a second tool of the same name, and a replacement of nothing or by another name', () => {
    const registry = new ToolRegistry();
    registry.add(make('a'));
    expect(() => registry.add(make('a'))).toThrow('"a"');
    expect(() => registry.replace('b', make('b'))).toThrow('"b"');
    expect(() => registry.replace('a', make('b'))).toThrow('"a"');
  });

  test('lists all tools or only those that are on, and finds no built-in names', () => {
    const registry = new ToolRegistry();
    for (const name of ['a', 'b']) registry.add(make(name));
    expect(registry.disable('a')).toBe(true);
    expect(registry.list({ enabledOnly: true }).map((tool) => tool.name)).toEqual(['b']);
    expect(registry.list()).toHaveLength(2);
    expect([registry.get('constructor'), registry.get('c')]).toEqual([undefined, undefined]);
    expect([registry.enable('c'), registry.disable('c'), registry.remove('c')]).toEqual([false, false, false]);
  });

  test('a disabled tool stays disabled when it is replaced, and is refused when called', async () => {
    const registry = new ToolRegistry();
    registry.add(make('a'));
    registry.disable('a');
    registry.replace('a', make('a'));
    const { error } = await callTool(registry.get('a'), { caller: { name: 'test' } });
    expect(error?.type).toBe('disabled');
  });

  test('enabling an enabled tool changes nothing; a removed listener is not called; one that throws does not affect the others', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const registry = new ToolRegistry();
    const heard = vi.fn();
    registry.add(make('a'));
    registry.on('changed', () => {
      throw new Error('listener');
    });
    {
      using _listening = registry.on('changed', heard);
      registry.enable('a');
      expect(heard).not.toHaveBeenCalled();
      registry.disable('a');
    }
    registry.enable('a');
    expect(heard).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
