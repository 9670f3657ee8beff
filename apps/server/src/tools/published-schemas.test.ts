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
  TargetPolicy,
  Tool,
  toListedTool,
  type CommandToolSpec,
  type ListedTool,
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
    s: { type: 'string', maxLength: 9, pattern: '[a-z]+' },
    p: { type: 'ports' },
    b: { type: 'boolean', flag: '-b' },
    t: { type: 'target', kind: 'ip' },
  },
  flags: { '-c': { type: 'integer', min: 1, max: 5 } },
};
const definitions = [...builtInTools, ...[...presetSpecs, every].map((spec) => defineCommandTool(spec))];
await using launcher = directLauncher();
const tools = definitions.map((definition) => new Tool(definition, { launcher }));

/** Keywords that some API refuses in a strict or typed declaration, or everywhere. */
const REFUSED = [
  ['$schema', 'oneOf', 'allOf', 'not', 'if', 'patternProperties', '$ref'],
  ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ['minLength', 'maxLength', 'minItems', 'maxItems'],
].flat();

test.each(tools.map((tool) => [tool.name, toListedTool(tool)] as const))(
  '%s is accepted by strict function calling',
  (name, { inputSchema, outputSchema }) => {
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(inputSchema.type).toBe('object');
    expect(inputSchema['additionalProperties']).toBe(false);
    const properties = Object.values(inputSchema['properties'] as Record<string, { type?: unknown; items?: object }>);
    for (const property of properties) {
      expect(['string', 'number', 'integer', 'boolean', 'array']).toContain(property.type);
      expect(property.items ?? { type: 'none' }).toHaveProperty('type');
      expect(property.type === 'array').toBe(property.items !== undefined);
    }
    const text = JSON.stringify([inputSchema, outputSchema]);
    for (const key of REFUSED) expect(text).not.toContain(`"${key}":`);
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

const sentences = [
  ['tls', 'Checks the certificate of a host'],
  ['rtt', 'Measures round-trip times to a host'],
  ['route', 'Traces the route to a host'],
  ['dns', 'Asks a name server for its records'],
  ['ntp', 'Compares the clock of a host with ours'],
  ['bgp', 'Shows the sessions of a router'],
  ['snmp', 'Reads the interface counters of a switch'],
  ['disk', 'Lists how full the disks of a host are'],
  ['ports', 'Finds the open ports of a host'],
  ['http', 'Requests the status page of a service'],
];

interface Declared {
  readonly policy: TargetPolicy;
  readonly describe?: (sentence: string) => string;
  readonly parametersOf: (index: number) => NonNullable<CommandToolSpec['parameters']>;
}

/** Tools with a sentence and a target, as operators declare them. */
function declaredTools(count: number, { policy, describe = String, parametersOf }: Declared): ListedTool[] {
  return Array.from({ length: count }, (_, index) => {
    const [about = '', description = ''] = sentences[index % sentences.length] ?? [];
    const parameters = parametersOf(index);
    const spec: CommandToolSpec = {
      name: `${about}_${index}`,
      description: describe(`${description}.`),
      command: 'printf',
      args: ['%s', ...Object.keys(parameters).map((name) => `{${name}}`), '{target}'],
      target: 'host',
      parameters,
      annotations: { openWorldHint: true },
    };
    return toListedTool(new Tool(defineCommandTool(spec), { launcher, policy }));
  });
}

const bytesOf = (listed: readonly ListedTool[]): number => Buffer.byteLength(JSON.stringify({ tools: listed }));

const count = { count: { type: 'integer', min: 1, max: 20, default: 4 } } as const;

test.each([
  [['RFC1918'], 'each', () => true],
  [['10.0.0.0/8', '.lab.internal'], 'two of three', (index: number) => index % 3 < 2],
] as const)(
  '200 declared tools for %j, %s with a bounded number, are listed in at most 60 KB',
  (allowed, _, hasCount) => {
    const policy = new TargetPolicy({ allowed });
    const listed = declaredTools(200, { policy, parametersOf: (index) => (hasCount(index) ? count : {}) });
    expect(bytesOf(listed)).toBeLessThanOrEqual(60 * 1024);
  },
);

/** What no listing can do without: the texts of the operator, and the least that JSON Schema needs for the arguments. */
function leastOf({ name, description, inputSchema }: ListedTool): ListedTool {
  const properties = Object.entries(inputSchema['properties'] as Record<string, Record<string, unknown>>);
  const least = properties.map(([key, { type, enum: values }]) => [key, { type, ...(values ? { enum: values } : {}) }]);
  return { name, description, inputSchema: { ...inputSchema, properties: Object.fromEntries(least) } };
}

test('200 tools with three arguments and long descriptions are above 60 KB by their own texts; words for the rules add 160 bytes a tool', () => {
  const use = 'Use it when a user reports a fault and no alert has been raised so far, or when an alert has ended.';
  const listed = declaredTools(200, {
    policy: new TargetPolicy({ allowed: ['10.0.0.0/8', '.lab.internal'] }),
    describe: (sentence) => `${sentence} ${use}`.slice(0, 100),
    parametersOf: (index) => ({
      ...count,
      ...(index % 2 === 0
        ? { mode: { type: 'enum', values: ['fast', 'full'] } }
        : { profile: { type: 'string', maxLength: 32, pattern: '[a-z][a-z0-9_]*' } }),
    }),
  });
  const least = bytesOf(listed.map(leastOf));
  expect(least).toBeGreaterThan(60 * 1024);
  expect(bytesOf(listed) - least).toBeLessThanOrEqual(200 * 160);
});

test('the built-in tools and the presets add at most 9 KB', () => {
  const policy = new TargetPolicy({ allowed: ['RFC1918'] });
  const own = [...builtInTools, ...presetSpecs.map((spec) => defineCommandTool(spec))];
  const listed = own.map((definition) => toListedTool(new Tool(definition, { launcher, policy })));
  expect(bytesOf(listed)).toBeLessThanOrEqual(9 * 1024);
});
