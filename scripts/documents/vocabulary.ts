/**
 * Forbidden words of docs/glossary.md in one file: documents and configuration whole, sources by what people read in them.
 *
 *   node scripts/documents/vocabulary.ts 'packages/health/**'   lists them for the files that match
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { readGlossary, VocabularyCheck } from './glossary.ts';
import { textOfSource, wordsOf } from './source-text.ts';

const INLINE_CODE = /(?<!`)`(?!`)[^`\n]*`(?!`)/gu;
const LINK_TARGET = /(?<=\])\([^)\s]*\)/gu;

export function vocabularyProblems(file: string, check: VocabularyCheck): string[] {
  const text = readFileSync(file, 'utf8');
  return [...check.problemsIn(file, wordsOf(file.replaceAll('/', ' / ')), 0), ...problemsOfText(file, text, check)];
}

function problemsOfText(file: string, text: string, check: VocabularyCheck): string[] {
  if (/\.[cm]?tsx?$/u.test(file)) {
    // To take a source apart is slow, and most sources have no forbidden word in anything that could be a part.
    const unescaped = text.replaceAll(/\\[nrt]/gu, ' ');
    if (!check.suspects(unescaped) && !check.suspects(wordsOf(unescaped))) return [];
    return textOfSource(file, text).flatMap((part) => check.problemsIn(file, part.text, part.line));
  }
  if (!file.endsWith('.md')) return check.problemsIn(file, text);
  // Quoted code may show a name of another program or of an earlier version.
  return check.problemsIn(file, text.replaceAll(INLINE_CODE, blank).replaceAll(LINK_TARGET, blank));
}

function blank(text: string): string {
  return ' '.repeat(text.length);
}

if (import.meta.main) {
  const check = new VocabularyCheck(readGlossary());
  const files = globSync(process.argv.slice(2), { exclude: ['**/{node_modules,dist}/**'] });
  const problems = files.filter((file) => statSync(file).isFile()).flatMap((file) => vocabularyProblems(file, check));
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
