import { describe, expect, test } from 'vitest';

import { loadDocument } from './load-document.ts';
import { readDocument } from './read-document.ts';

const COUNT = 20_000;

function largeDocument(): object {
  const names = Array.from({ length: COUNT }, (_, at) => [
    `schema${at}`,
    { type: 'string', enum: [`${at}`, null, at] },
  ]);
  return {
    openapi: '3.1.0',
    tags: Array.from({ length: COUNT }, (_, at) => ({ name: `t${at}` })),
    components: { schemas: Object.fromEntries(names), empty: {}, none: [] },
    'x-last': [[], {}, 'ä', false],
  };
}

describe('a large document', { timeout: 60_000 }, () => {
  test('is the same from a thread of its own, as JSON and as YAML', async () => {
    const text = JSON.stringify(largeDocument());
    expect(await loadDocument(Buffer.from(text))).toEqual(JSON.parse(text));
    const yaml = Buffer.from(`# flow style\n${text}`);
    const loaded = await loadDocument(yaml);
    expect(loaded).toEqual(readDocument(yaml));
    // In the order in which it is written.
    expect(JSON.stringify(loaded)).toBe(text);
  });

  test('that cannot be read is refused with the reason', async () => {
    const filler = ' '.repeat(100_000);
    await expect(loadDocument(Buffer.from(`a: [${filler}`))).rejects.toThrow('neither JSON nor YAML');
    const deep = `{"a":${'['.repeat(700_000)}${']'.repeat(700_000)}}`;
    await expect(loadDocument(Buffer.from(deep))).rejects.toThrow('nested deeper than 1000 levels');
    await expect(loadDocument(Buffer.from(filler), { maxBytes: 99_999 })).rejects.toThrow('larger than 99999 bytes');
  });
});
