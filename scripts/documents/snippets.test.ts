/** A block marked with the file it comes from is that file, or whole lines of it; so what people copy is what CI runs. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents } from './markdown.ts';

interface Snippet {
  readonly document: string;
  readonly source: string;
  readonly text: string;
}

const marked = /^<!-- from (?<source>\S+) -->\n+```\w*\n(?<text>[\s\S]*?)\n```$/gmu;
const snippets = documents().flatMap((document): Snippet[] =>
  [...readFileSync(document, 'utf8').matchAll(marked)].map(({ groups }) => ({
    document,
    source: groups?.['source'] ?? '',
    text: groups?.['text'] ?? '',
  })),
);

test.each(snippets)('$document shows $source as it is', ({ source, text }) => {
  expect(`\n${readFileSync(source, 'utf8')}`).toContain(`\n${text}\n`);
});

test('every mark is followed by a block', () => {
  const marks = documents().flatMap((document) => [...readFileSync(document, 'utf8').matchAll(/^<!-- from /gmu)]);
  expect(marks.length).toBeGreaterThan(0);
  expect(snippets).toHaveLength(marks.length);
});
