/** Members of requests: mostly what clients send, some edge cases, some hostile. */
import * as fc from 'fast-check';

import { edgeCaseTools } from './edge-case-tools.ts';

export const LEGACY_VERSION = '2025-11-25';

/** The usual value `weight` times of `weight + 1`. */
export const likely = <T>(usual: T, other: fc.Arbitrary<T>, weight = 16): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
export const edgeCaseValues = fc.constantFrom<unknown[]>(
  null,
  0,
  1.5,
  '',
  'x',
  true,
  [],
  {},
  [1],
  { a: 1 },
  -0,
  2 ** 53,
  '\u0000',
);
export const names = fc.constantFrom(
  ...edgeCaseTools.map(({ name }) => name),
  'missing',
  '',
  '__proto__',
  'constructor',
  'echo ',
);
export const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant('tools/call') },
  { weight: 6, arbitrary: fc.constantFrom('tools/list', 'ping', 'server/discover') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'prompts/list',
      'logging/setLevel',
      'tasks/get',
      'nope',
      'toString',
      'notifications/cancelled',
      '',
    ),
  },
);
export const args = fc.oneof(
  { weight: 8, arbitrary: fc.record({ text: fc.string({ maxLength: 24 }) }) },
  { weight: 2, arbitrary: fc.record({ text: fc.string(), n: fc.integer() }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: edgeCaseValues },
  { weight: 1, arbitrary: fc.constant(JSON.parse('{"text":"a","__proto__":{"text":1}}') as object) },
);
export const capabilities = likely<unknown>(
  {},
  fc.oneof(
    fc.constantFrom<unknown[]>(
      { elicitation: {} },
      { elicitation: { form: {} }, roots: {} },
      { sampling: { tools: {} } },
      { experimental: { a: {} } },
      { elicitation: { form: { applyDefaults: true } } },
      { roots: { listChanged: true } },
      { tasks: {} },
      { extensions: { 'io.modelcontextprotocol/tasks': {} } },
      { extensions: { 'io.modelcontextprotocol/tasks': {}, other: {} } },
      { made: 'up' },
      { elicitation: true },
    ),
    edgeCaseValues,
  ),
  3,
);
const clientInfo = likely<unknown>(
  { name: 'test', version: '1' },
  fc.oneof(
    fc.constantFrom<unknown[]>({ name: 'a', version: '1', title: 'A' }, { name: 'a' }, { name: 1 }),
    edgeCaseValues,
  ),
);
export const extras = likely<Record<string, unknown>>(
  {},
  fc.oneof(
    fc.constantFrom<Record<string, unknown>[]>(
      { progressToken: 'p' },
      { progressToken: 1.5 },
      { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      { traceparent: 7 },
      { 'io.modelcontextprotocol/logLevel': 'debug' },
      { 'io.modelcontextprotocol/logLevel': 'loud' },
      { 'com.example/thing': { a: 1 } },
    ),
  ),
);
const version = likely<unknown>(
  '2026-07-28',
  fc.oneof(fc.constantFrom('2026-07-29', LEGACY_VERSION, ''), edgeCaseValues),
);
export const modernMeta = fc
  .record({ version, clientInfo, capabilities, extras, without: likely(-1, fc.nat(2)) })
  .map(({ version: named, clientInfo: client, capabilities: can, extras: more, without }) =>
    Object.fromEntries([
      ...[
        ['io.modelcontextprotocol/protocolVersion', named],
        ['io.modelcontextprotocol/clientInfo', client],
        ['io.modelcontextprotocol/clientCapabilities', can],
      ].filter((_, index) => index !== without),
      ...Object.entries(more),
    ]),
  );
export const edgeCaseMembers = likely<Record<string, unknown>>(
  {},
  fc.constantFrom<Record<string, unknown>[]>(
    { cursor: 'x' },
    { task: {} },
    { requestState: 'x' },
    { inputResponses: {} },
  ),
  16,
);
