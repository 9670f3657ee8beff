import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGlossary, VocabularyCheck } from './glossary.ts';
import { textOfSource } from './source-text.ts';
import { vocabularyProblems } from './vocabulary.ts';

const check = new VocabularyCheck(readGlossary());

// Generated, or about the forbidden words themselves.
const EXCLUDED = [
  '**/{node_modules,dist,reports,coverage}/**',
  '**/CHANGELOG.md',
  'docs/api/**',
  'docs/glossary.md',
  'scripts/documents/vocabulary.test.ts',
];

const files = globSync(
  [
    '{*,.changeset/*,.github/**/*}.{md,yml}',
    '.ci/run',
    '{docs,packages,apps,e2e,examples,benchmarks,deploy,scripts,templates}/**/*.{md,ts,mjs,yml,yaml,css,html}',
    'deploy/**/{Dockerfile,*.service}',
  ],
  { exclude: EXCLUDED },
).sort();

test('no text of the repository uses a forbidden word of the glossary', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => vocabularyProblems(file, check))).toEqual([]);
}, 60_000);

test.each([
  ['a word', 'Nobody is told.'],
  ['another case', 'Told once.'],
  ['a phrase that a line break divides', 'The call was turned\n * away.'],
  ['a phrase with a hyphen', 'the fast-lane'],
])('a forbidden word is found: %s', (_, text) => {
  expect(check.problemsIn('a.md', text)).toHaveLength(1);
});

test('a part of another word is not a forbidden word', () => {
  expect(check.problemsIn('a.md', 'an interface, floored, outdoors, questionable')).toEqual([]);
});

test('a forbidden word is allowed inside an allowed phrase', () => {
  expect(check.problemsIn('a.md', 'the line ending')).toEqual([]);
});

test('a problem names the file, the line and the term to use', () => {
  expect(check.problemsIn('a.md', 'one\ntwo doors', 10)).toEqual(['a.md:11: "doors": use "entry point"']);
});

test('the readable text of a source is its comments, strings and declared names', () => {
  const source = [
    "import { a } from './imported.ts';",
    '// a comment',
    'const turnAway = `text ${Math.floor(1)} tail`;',
    "throw new Error('a message');",
  ].join('\n');
  const texts = textOfSource('a.ts', source).map(({ line, text }) => `${line} ${text.trim()}`);
  expect(texts.toSorted()).toEqual(['2 // a comment', '3 tail', '3 text', '3 turn Away', '4 a message']);
});

test.each([
  ['a string with an escape', String.raw`const text = 'was turned\naway';`],
  ['a name', 'const turnedAway = 1;'],
  ['a name in capitals', 'const TURNED_AWAY = 1;'],
])('a file with a forbidden word is found: %s', (_, source) => {
  const folder = mkdtempSync(join(tmpdir(), 'vocabulary-'));
  const file = join(folder, 'a.ts');
  writeFileSync(file, source);
  expect(vocabularyProblems(file, check)).toHaveLength(1);
  rmSync(folder, { recursive: true });
});
