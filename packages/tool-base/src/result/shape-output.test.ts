import { expect, test } from 'vitest';

import { shapeOutput } from './shape-output.ts';
import { toolContent } from './tool-result.ts';

const limits = { maxOutputBytes: 4096, maxReadBytes: 4096 };
const shape = (returned: unknown): unknown => shapeOutput(returned, limits);

function causeOf(returned: unknown): unknown {
  try {
    shape(returned);
  } catch (error) {
    return (error as Error).cause;
  }
  return 'a result';
}

test.each([
  [new Map([['a', 1]]), 'what run() returned is a Map, whose contents JSON cannot hold'],
  [new Response('hi'), 'what run() returned is a Response, whose contents JSON cannot hold'],
  [{ rows: new Set([1]) }, 'the member "rows" of what run() returned is a Set, whose contents JSON cannot hold'],
  [
    { a: [{ b: Promise.resolve(1) }] },
    'the member "b" of what run() returned is a Promise, whose contents JSON cannot hold',
  ],
])('what JSON would write as {} is no result: %s', (returned, cause) => {
  expect(causeOf(returned)).toBe(cause);
});

test('an error that is returned is no result, and the log gets it as the cause', () => {
  const error = Object.assign(new Error('no'), { path: '/secret' });
  expect(causeOf(error)).toBe(error);
});

test('a result of MCP is no result, and the cause says what to return', () => {
  const content = [{ type: 'text', text: 'hi' }];
  for (const returned of [{ content }, { content, isError: true }, { content, structuredContent: {}, _meta: {} }]) {
    expect(causeOf(returned)).toContain('toolContent({ content })');
  }
  expect(shape(toolContent({ content: [{ type: 'text', text: 'hi' }] }))).toMatchObject({ content });
});

test.each([
  { content: [] },
  { content: 'text' },
  { content: [{ type: 'chapter' }] },
  { content: [{ type: 'text' }], pages: 1 },
  { empty: {}, list: [], none: null },
  {
    at: new Date(0),
    of: new (class {
      a = 1;
    })(),
  },
  Object.create(null) as object,
])('%j is structured content', (returned) => {
  expect(shape(returned)).toMatchObject({ structured: JSON.parse(JSON.stringify(returned)) as object });
});

test('a block whose text shows nothing without its invisible characters is left out', () => {
  const content = [
    { type: 'text', text: '\u200b\u202e' },
    { type: 'text', text: 'seen' },
  ] as const;
  expect(shape(toolContent({ content }))).toMatchObject({ content: [{ type: 'text', text: 'seen' }] });
});

test('the name and the address of a link have no control characters', () => {
  const link = { type: 'resource_link', uri: 'notes://\u202ea', name: '\u001b[31mred' } as const;
  expect(shape(toolContent({ content: [link] }))).toMatchObject({
    content: [{ type: 'resource_link', uri: 'notes://a', name: 'red' }],
  });
});
