/**
 * What clients pass on to a model. The rules are those of the providers:
 * https://platform.openai.com/docs/guides/structured-outputs, https://ai.google.dev/api/caching#Schema,
 * https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
 */
import {
  defineCommandTool,
  defineTool,
  directLauncher,
  lintCommandTool,
  Tool,
  type CommandToolSpec,
} from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { builtInTools } from './builtin/index.ts';
import { presetSpecs } from './preset.ts';

const every: CommandToolSpec = {
  name: 'every',
  description: 'Every kind of argument',
  command: 'printf',
  args: ['{n}', '{f}', '{e}', '{s}', '{p}', '{b}', '{t}', '{extraArgs}', '{target}'],
  target: 'ip_or_host',
  parameters: {
    n: { type: 'integer', min: 1, max: 2 },
    f: { type: 'number', min: 1, max: 2, optional: true },
    e: { type: 'enum', values: ['a', 'b'] },
    s: { type: 'string', maxLength: 9 },
    p: { type: 'ports' },
    b: { type: 'boolean', flag: '-b' },
    t: { type: 'target', kind: 'ip' },
  },
  flags: { '-c': { type: 'integer', min: 1, max: 5 } },
};
const definitions = [...builtInTools, ...[...presetSpecs, every].map((spec) => defineCommandTool(spec))];
await using launcher = directLauncher();
const tools = definitions.map((definition) => new Tool(definition, { launcher }));

test.each(tools.map((tool) => [tool.name, tool] as const))(
  '%s is accepted by strict function calling',
  (name, tool) => {
    const { inputJsonSchema: schema, outputJsonSchema } = tool;
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    for (const property of Object.values(schema['properties'] as Record<string, { type?: unknown; items?: object }>)) {
      expect(['string', 'number', 'integer', 'boolean', 'array']).toContain(property.type);
      expect(property.items ?? { type: 'none' }).toHaveProperty('type');
      expect(property.type === 'array').toBe(property.items !== undefined);
    }
    const text = JSON.stringify([schema, outputJsonSchema]);
    for (const key of ['$schema', 'oneOf', 'allOf', 'not', 'if', 'patternProperties', '$ref']) {
      expect(text).not.toContain(`"${key}":`);
    }
  },
);

test.each(['net.reach', 'a'.repeat(65)])('the name %s is a finding', (name) => {
  const findings = lintCommandTool({ name, description: 'a', command: 'printf', args: [] });
  expect(findings).toMatchObject([{ severity: 'warning', message: expect.stringContaining(name) }]);
});

test('a union of a module is accepted too: nothing is composed at its top level', () => {
  const file = { properties: { kind: { const: 'file' }, path: { type: 'string' } }, required: ['kind', 'path'] };
  const url = { properties: { kind: { const: 'url' }, url: { type: 'string' } }, required: ['kind', 'url'] };
  const input = { type: 'object', oneOf: [file, url] } as const;
  const { inputJsonSchema } = new Tool(defineTool({ name: 'read', description: 'Reads', input, run: () => 'read' }));
  expect(inputJsonSchema).toEqual({
    type: 'object',
    description: 'With kind "file": path. With kind "url": url.',
    properties: {
      kind: { type: 'string', enum: ['file', 'url'] },
      path: { type: 'string' },
      url: { type: 'string' },
    },
    required: ['kind'],
    additionalProperties: false,
  });
});

test('200 declared tools are listed in at most 60 KB', () => {
  const listed = Array.from({ length: 200 }, (_, index) => {
    const spec: CommandToolSpec = {
      name: `tool_${index}`,
      description: `Prints the word that it is given, number ${index}`,
      command: 'printf',
      args: ['%s', '{word}'],
      parameters: { word: { type: 'enum', values: ['one', 'two'] } },
    };
    const { definition, inputJsonSchema, outputJsonSchema } = new Tool(defineCommandTool(spec), { launcher });
    const { name, description } = definition;
    return { name, description, inputSchema: inputJsonSchema, outputSchema: outputJsonSchema };
  });
  expect(JSON.stringify({ tools: listed }).length).toBeLessThan(60 * 1024);
});
