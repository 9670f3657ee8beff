/** Reads docs/glossary.md: the words that must not be used, and the phrases in which they are allowed. */
import { readFileSync } from 'node:fs';

export interface Vocabulary {
  /** Forbidden word or phrase, with the term to use instead. */
  readonly forbidden: ReadonlyMap<string, string>;
  readonly allowedPhrases: readonly string[];
}

const ROW = /^\| (?<term>[^|]+?) +\|[^|]*\| (?<words>[^|]*)\|$/gmu;
const CODE = /`(?<phrase>[^`]+)`/gu;

export function readGlossary(file = 'docs/glossary.md'): Vocabulary {
  const text = readFileSync(file, 'utf8');
  const forbidden = new Map<string, string>();
  for (const { groups } of text.matchAll(ROW)) {
    for (const phrase of phrasesIn(groups?.['words'] ?? '')) forbidden.set(phrase, groups?.['term'] ?? '');
  }
  return { forbidden, allowedPhrases: phrasesIn(text.split('\n## Phrases that are allowed\n')[1] ?? '') };
}

function phrasesIn(text: string): string[] {
  return [...text.matchAll(CODE)].map(({ groups }) => groups?.['phrase'] ?? '');
}

/** Finds forbidden words in text. Words of a phrase may be separated by spaces, hyphens, underscores or a line break. */
export class VocabularyCheck {
  readonly #forbidden: RegExp;
  readonly #allowed: RegExp;
  readonly #terms: ReadonlyMap<string, string>;

  constructor({ forbidden, allowedPhrases }: Vocabulary) {
    this.#forbidden = anyOf([...forbidden.keys()]);
    this.#allowed = anyOf(allowedPhrases);
    this.#terms = new Map([...forbidden].map(([phrase, term]) => [normalized(phrase), term]));
  }

  /** Whether a forbidden word is in the text, inside an allowed phrase or not. */
  suspects(text: string): boolean {
    return text.search(this.#forbidden) !== -1;
  }

  /** One line for each forbidden word: where it is, and what to use. */
  problemsIn(file: string, text: string, firstLine = 1): string[] {
    const kept = text.replaceAll(this.#allowed, (phrase) => phrase.replaceAll(/\S/gu, ' '));
    return [...kept.matchAll(this.#forbidden)].map((match) => {
      const line = firstLine + kept.slice(0, match.index).split('\n').length - 1;
      return `${file}:${line}: "${match[0]}": use "${this.#terms.get(normalized(match[0]))}"`;
    });
  }
}

function anyOf(phrases: readonly string[]): RegExp {
  const patterns = [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => phrase.split(/[\s-]+/u).join(String.raw`[\s_-]+(?:[*/#]+\s+)?`));
  return new RegExp(String.raw`(?<![a-z])(?:${patterns.join('|')})(?![a-z])`, 'giu');
}

function normalized(phrase: string): string {
  return phrase
    .toLowerCase()
    .split(/[^a-z']+/u)
    .join(' ');
}
