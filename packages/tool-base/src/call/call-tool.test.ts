import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { defineTool, Tool, toolContent } from '../index.ts';
import { call, makeTool, type Run } from '../test-support/probe-tool.ts';

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
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [cycle, { big: 1n }, { toJSON: () => undefined }, { toJSON: () => 'text' }]) {
      expect((await call(makeTool(() => value))).error?.type).toBe('execution_error');
    }
  });

  test('a result that its tool goes on changing is sent as it was returned', async () => {
    const live: Record<string, unknown> = { a: 1 };
    const annotations: Record<string, unknown> = { priority: 1 };
    const block = { type: 'text', text: 'x', annotations } as const;
    const blocks = toolContent({ content: [block], structured: live });
    const results = await Promise.all([call(makeTool(() => live)), call(makeTool(() => blocks))]);
    live['self'] = live;
    annotations['self'] = annotations;
    for (const result of results) expect(result.structured).toEqual({ a: 1 });
    expect(results[1]?.content).toEqual([{ type: 'text', text: 'x', annotations: { priority: 1 } }]);
    expect(JSON.stringify(results)).toContain('"a":1');
  });

  test.each([{ type: 'image', mimeType: 'image/png' }, { type: 'video', data: '' }, { type: 'text' }])(
    'a content block such as %j is not accepted',
    async (block) => {
      const tool = makeTool(() => toolContent({ content: [block as never] }));
      expect((await call(tool)).error?.type).toBe('execution_error');
    },
  );

  test('control characters are removed from text and from structured strings', async () => {
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
    const result = await call(
      makeTool(() => toolContent({ content }), { limits: { maxOutputBytes: 4, maxReadBytes: 4 } }),
    );
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
    ['null', null, 'count'],
  ])('%s is a validation_error that names it', async (_, args: unknown, named) => {
    const { error } = await call(counting(), { arguments: args });
    expect(error).toMatchObject({ type: 'validation_error', message: expect.stringContaining(named) });
  });

  test('null for an optional argument means that it is left out, unless the schema accepts it', async () => {
    const input = v.object({ a: v.optional(v.number()), b: v.optional(v.nullable(v.string())), c: v.number() });
    const run = vi.fn(() => 'x');
    const tool = new Tool(defineTool({ name: 'a', description: 'b', input: toStandardJsonSchema(input), run }));
    await call(tool, { arguments: { a: null, b: null, c: 1 } });
    expect(run).toHaveBeenCalledWith({ b: null, c: 1 }, expect.anything());
    expect((await call(tool, { arguments: { c: null } })).error?.type).toBe('validation_error');
  });

  test('an unknown argument is quoted, short and without control characters', async () => {
    const { error } = await call(counting(), { arguments: { [`a\u001b[2J${'b'.repeat(200)}`]: 1 } });
    expect(error?.message).toMatch(/^This tool does not know the argument "ab{50,60}"\.$/);
  });

  test('null instead of arguments means none', async () => {
    expect(
      (
        await call(
          makeTool(() => 'x'),
          { arguments: null },
        )
      ).ok,
    ).toBe(true);
  });

  test('a refused call names the arguments there are', async () => {
    const { error } = await call(counting(), { arguments: { extra: 2 } });
    expect(error?.suggestion).toContain('count');
  });

  test('an asynchronous schema is awaited', async () => {
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

  test('a valid correlation id is kept everywhere, and a missing one is generated', async () => {
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

  test('a caller that cancelled before the call gets cancelled', async () => {
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
