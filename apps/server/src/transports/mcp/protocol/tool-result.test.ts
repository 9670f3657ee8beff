import { fromJsonSchema } from '@modelcontextprotocol/server';
import {
  callTool,
  defineCommandTool,
  defineTool,
  directLauncher,
  TargetPolicy,
  Tool,
  ToolError,
  toolContent,
  type ToolDefinition,
} from '@mcp/tool-base';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';

import { ERROR_META_KEY, toCallToolResult } from './tool-result.ts';

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

function program(args: string[], command = 'node'): ToolDefinition {
  return defineCommandTool({
    name: 'p',
    description: 'A program',
    command,
    allowInterpreter: true,
    args,
    successExitCodes: [0],
  });
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
      _meta: { [ERROR_META_KEY]: { type: 'unavailable', retryAfterMs: 3000, correlationId: 'c-1' } },
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

  test('keeps exit code and output of a program that ended badly', async () => {
    const result = await resultOf(program(['--definitely-no-such-flag']));
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { exitCode: expect.any(Number), stderr: expect.stringContaining('bad option') },
    });
  });
});
