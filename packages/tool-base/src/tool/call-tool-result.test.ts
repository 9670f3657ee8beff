import { describe, expect, test } from 'vitest';

import { callTool } from '../call/call-tool.ts';
import { defineCommandTool } from '../command/command-tool.ts';
import type { CommandToolSpec } from '../command/command-spec.ts';
import { defineTool } from '../declare/define-tool.ts';
import { fromJsonSchema } from '../declare/from-json-schema.ts';
import type { ToolDefinition } from '../declare/tool-definition.ts';
import { directLauncher } from '../launcher/direct-launcher.ts';
import { ToolError } from '../result/tool-error.ts';
import { toolContent } from '../result/tool-result.ts';
import { TargetPolicy } from '../target/target-policy.ts';
import { toCallToolResult, type CallToolResult } from './call-tool-result.ts';
import { Tool } from './tool.ts';

const input = fromJsonSchema<Record<string, never>>({ type: 'object', additionalProperties: false });
const output = fromJsonSchema<{ size: number }>({
  type: 'object',
  properties: { size: { type: 'number' } },
  required: ['size'],
});

async function resultOf(definition: ToolDefinition): Promise<CallToolResult> {
  await using launcher = directLauncher();
  const tool = new Tool(definition, { policy: new TargetPolicy({ allowed: [] }), launcher });
  return toCallToolResult(await callTool(tool, { caller: { name: 'test' }, correlationId: 'c-1' }), tool);
}

function tool(run: () => unknown, withOutput = false): ToolDefinition {
  return defineTool({ name: 't', description: 'A tool', input, ...(withOutput && { output }), run });
}

function program(args: string[], more: Partial<CommandToolSpec> = {}): ToolDefinition {
  return defineCommandTool({ name: 'p', description: 'A program', command: 'printf', args, ...more });
}

describe('a tool result in MCP', () => {
  test('is text alone when the tool returns text', async () => {
    expect(await resultOf(tool(() => 'hello'))).toEqual({ content: [{ type: 'text', text: 'hello' }] });
  });

  test('keeps images, sounds and resources as they are', async () => {
    const content = [
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'test://x', text: 'x' } },
    ] as const;
    expect(await resultOf(tool(() => toolContent({ content })))).toEqual({ content });
  });

  test('carries structured content beside its JSON', async () => {
    expect(await resultOf(tool(() => ({ size: 1 }), true))).toEqual({
      content: [{ type: 'text', text: '{"size":1}' }],
      structuredContent: { size: 1 },
    });
  });

  test('tells the model in words and programs in _meta when not to retry', async () => {
    const failing = tool(() => {
      throw new ToolError('unavailable', 'It is away.', { suggestion: 'Do not retry before 3 s.', retryAfterMs: 3000 });
    });
    expect(await resultOf(failing)).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: 'unavailable: It is away. Do not retry before 3 s.' }],
      _meta: { 'mcp-server/error': { type: 'unavailable', retryAfterMs: 3000, correlationId: 'c-1' } },
    });
  });

  test('sends no structured content that breaks the output schema when the call failed', async () => {
    const failing = tool(() => {
      throw new Error('broken');
    }, true);
    const result = await resultOf(failing);
    expect(result.isError).toBe(true);
    expect(result).not.toHaveProperty('structuredContent');
  });

  test('is no text for a function without an output schema that returns an object, except its JSON', async () => {
    expect(await resultOf(tool(() => ({ size: 1 })))).toEqual({ content: [{ type: 'text', text: '{"size":1}' }] });
  });

  test('keeps structured content that says something else than the text', async () => {
    const both = toolContent({ content: [{ type: 'text', text: 'one' }], structured: { size: 1 } });
    expect(await resultOf(tool(() => both))).toEqual({ content: both.content, structuredContent: { size: 1 } });
  });

  test('has no empty content', async () => {
    const content = [{ type: 'text', text: '[no output]' }];
    expect(await resultOf(tool(() => undefined))).toEqual({ content });
    expect(await resultOf(tool(() => ''))).toEqual({ content });
  });
});

describe('the result of a program in MCP', () => {
  const meta = { outputBytes: 3, queueMs: 0, correlationId: 'c-1', truncated: false };

  test('has its text once, and exit code, times and correlation id in _meta', async () => {
    const { _meta, ...rest } = await resultOf(program(['a\\nb']));
    expect(rest).toEqual({ content: [{ type: 'text', text: 'a\nb' }] });
    expect(_meta).toEqual({ 'mcp-server/result': { ...meta, exitCode: 0, durationMs: expect.any(Number) } });
  });

  test('has lines and data in structured content, without the text that they were made of', async () => {
    expect(await resultOf(program(['a\\nb'], { output: 'lines' }))).toMatchObject({
      content: [{ type: 'text', text: 'a\nb' }],
      structuredContent: { exitCode: 0, lines: ['a', 'b'], truncated: false },
    });
    const { content, structuredContent } = await resultOf(program(['[""]'], { output: 'json' }));
    expect(content).toEqual([{ type: 'text', text: '[""]' }]);
    expect(structuredContent).toEqual({ exitCode: 0, data: [''] });
  });

  test('has the error output of a program with structured output', async () => {
    const shell = { command: 'sh', allowInterpreter: true, output: 'json' } as const;
    const { content, structuredContent } = await resultOf(program(['-c', 'echo "1"; echo slow >&2'], shell));
    expect(content.map((block) => block.type === 'text' && block.text)).toEqual(['1\n', '[stderr]\nslow\n']);
    expect(structuredContent).toEqual({ exitCode: 0, data: 1, stderr: 'slow\n' });
  });

  test('keeps exit code and output of a program that ended badly', async () => {
    const shell = { command: 'node', allowInterpreter: true, successExitCodes: [0] };
    const result = await resultOf(program(['--definitely-no-such-flag'], shell));
    expect(result).toMatchObject({
      isError: true,
      content: [{}, { text: expect.stringContaining('bad option') }],
      _meta: {
        'mcp-server/error': { type: 'tool_error', correlationId: 'c-1' },
        'mcp-server/result': { exitCode: expect.any(Number) },
      },
    });
    expect(result).not.toHaveProperty('structuredContent');
  });

  test.each([
    ['', '[no output; exit code 0]'],
    ['\\n ', '[only white space; exit code 0]'],
  ])('that printed %j is no empty text', async (output, text) => {
    expect((await resultOf(program([output]))).content).toEqual([{ type: 'text', text }]);
  });
});
