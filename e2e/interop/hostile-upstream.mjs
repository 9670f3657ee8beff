// An MCP server over stdio whose tools have schemas that some client cannot read, and results that some client rejects.
import { createInterface } from 'node:readline';

const open = { type: 'object' };
const withProperty = (schema) => ({ type: 'object', properties: { a: schema } });

const tools = [
  { name: 'fine', inputSchema: open, annotations: { title: 5, readOnlyHint: 'yes' }, icons: 5, execution: 5, _meta: 5 },
  ...Object.entries({
    boolean_property: withProperty(true),
    no_properties: { type: 'object', properties: 5 },
    required_text: { type: 'object', required: 'a' },
    dialect_number: { type: 'object', $schema: 5 },
    unknown_type: withProperty({ type: 'banana' }),
    no_pattern: withProperty({ type: 'string', pattern: '(' }),
    reference_to_nothing: withProperty({ $ref: '#/%zz' }),
    language: JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}',
    ),
  }).map(([name, inputSchema]) => ({ name, inputSchema })),
  ...Object.entries({
    out_type: withProperty({ type: 'banana' }),
    out_pattern: withProperty({ pattern: '(' }),
    out_reference: withProperty({ $ref: '#/none' }),
    out_dialect: { type: 'object', $schema: 'https://example.com/schema' },
    out_dependencies: { type: 'object', dependencies: 5 },
    out_id: { type: 'object', $id: 'https://example.com/id', required: ['never'] },
    out_same_id: { type: 'object', $id: 'https://example.com/id' },
  }).map(([name, outputSchema]) => ({ name, inputSchema: open, outputSchema })),
];

const annotations = { audience: [7], priority: 9, lastModified: 'yesterday' };
const content = [
  { type: 'text', text: 'done', annotations, _meta: 5 },
  { type: 'image', data: '(no base64)', mimeType: 'image/png' },
  { type: 'resource_link', uri: 'no uri', name: '', size: 'x' },
  { type: 'hologram' },
];

const answers = {
  initialize: () => ({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {}, prompts: {}, resources: {} },
    serverInfo: { name: 'hostile', version: '1' },
  }),
  'tools/list': () => ({ tools }),
  'prompts/list': () => ({ prompts: [{ name: 'p', arguments: [{ name: 'x', required: 'yes' }], icons: 5, _meta: 5 }] }),
  'resources/list': () => ({ resources: [{ uri: 'a:b', name: 'n', size: -1, mimeType: 5, annotations, icons: 'x' }] }),
  'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'a:{', name: 'n' }] }),
  'tools/call': () => ({ content, structuredContent: { a: 'x' } }),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  const message = answer ? { result: answer() } : { error: { code: -32601, message: 'Method not found' } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...message })}\n`);
});
