/** A block marked with the file it comes from is that file, or whole lines of it; so what people copy is what CI runs. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codeBlocks, documents } from './markdown.ts';

interface Snippet {
  readonly document: string;
  readonly source: string;
  readonly text: string;
}

/** Indented below a list item, by as much as its lines in the file, or not at all. */
const marked = /^ *<!-- from (?<source>\S+) -->\n+ *```\w*\n(?<text>[\s\S]*?)\n *```$/gmu;
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
  const marks = documents().flatMap((document) => [...readFileSync(document, 'utf8').matchAll(/^ *<!-- from /gmu)]);
  expect(marks.length).toBeGreaterThan(0);
  expect(snippets).toHaveLength(marks.length);
});

test('code in the README of a package is an example, so that it runs', () => {
  // The block of @mcp/config runs in a test of its own, packages/config/src/readme.test.ts, with right and wrong files.
  const readmes = documents().filter((document) => /^(?:packages|apps)\/[^/]+\/README\.md$/u.test(document));
  expect(readmes.length).toBeGreaterThan(5);
  const unmarked = readmes.flatMap((document) => {
    const examples = new Set(snippets.filter((snippet) => snippet.document === document).map(({ text }) => text));
    return codeBlocks(document, 'ts').filter(({ text }) => !examples.has(text));
  });
  expect(
    unmarked.map(({ file }) => file),
    'mark them: <!-- from examples/NAME.ts -->',
  ).toEqual(['packages/config/README.md']);
});

test('the first code in the README of a package is a whole program, in the syntax of the oldest Node that it needs', () => {
  const seen = new Set<string>();
  const first = snippets.filter(
    ({ document }) => document.startsWith('packages/') && !seen.has(document) && seen.add(document),
  );
  expect(first.length).toBeGreaterThan(5);
  const broken = first.filter(({ source, text }) => {
    const [before = ''] = readFileSync(source, 'utf8').split(text);
    const isWhole = before.split('\n').every((line) => /^(?:$|\/\*\*.*\*\/$|import )/u.test(line));
    return !isWhole || /\busing \w+ =/u.test(text);
  });
  expect(broken.map(({ document }) => document)).toEqual([]);
});
