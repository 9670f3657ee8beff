import { expect, test } from 'vitest';

import { MAX_DOCUMENT_BYTES, readDocument } from './read-document.ts';

const read = (text: string): unknown => readDocument(Buffer.from(text));

test('JSON and YAML are read', () => {
  expect([read('{"openapi":"3.0.0"}'), read('openapi: 3.0.0\npaths: {}')]).toEqual([
    { openapi: '3.0.0' },
    { openapi: '3.0.0', paths: {} },
  ]);
});

test('a bomb of aliases is refused at once', () => {
  const lines = ['a0: &a0 x', ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`)];
  expect(() => read(lines.join('\n'))).toThrow('neither JSON nor YAML that can be read');
});

test('what generators write as an alias is read, however often it is used', () => {
  const uses = Array.from({ length: 500 }, (_, at) => `u${at}: *shared`);
  expect(read(['s: &shared { type: string }', ...uses].join('\n'))).toMatchObject({ u499: { type: 'string' } });
});

test('an alias inside of what it stands for is refused', () => {
  expect(() => read('a: &a { b: *a }')).toThrow('neither JSON nor YAML that can be read');
});

test('nesting without end, tags and text that is neither are refused', () => {
  for (const text of ['['.repeat(5000), 'a: !!js/function x', 'a: [', 'a: b: c']) {
    expect(() => read(text)).toThrow('neither JSON nor YAML');
  }
});

test('a document over 10 MiB is refused before it is read, and read where more is allowed', () => {
  const elevenMib = Buffer.from(`{"openapi":"3.1.0","x-text":"${'x'.repeat(MAX_DOCUMENT_BYTES * 1.1)}"}`);
  expect(() => readDocument(elevenMib)).toThrow(
    /^The document is larger than 10485760 bytes \(10 MiB\)\. It has 11534\d+ bytes \(11 MiB\)\. Raise maxBytes/,
  );
  expect(readDocument(elevenMib, 12 * 1024 * 1024)).toMatchObject({ openapi: '3.1.0' });
});
