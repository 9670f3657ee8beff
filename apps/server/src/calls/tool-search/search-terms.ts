/** The terms of a text, for tools and for searches alike. */

import { ACTIONS, STOP_WORDS } from './search-words.ts';

/** Scripts that write no space between words. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]+/gu;
const MAX_LENGTH = 20_000;

/** Each with the number of letters that must be left. */
const SUFFIXES: readonly (readonly [suffix: string, minimum: number])[] = [
  ['ability', 4],
  ['ibility', 4],
  ['able', 4],
  ['ible', 4],
  ['ation', 5],
  ['ment', 4],
  ['ing', 3],
  ['ion', 4],
  ['ed', 4],
  ['or', 5],
  ['ly', 5],
];

const ACTION_OF: ReadonlyMap<string, string> = new Map(
  ACTIONS.flatMap((group) => {
    const [first = '', ...others] = group.split(' ').map(stemOf);
    return others.map((word) => [word, first] as const);
  }),
);

/** Lower case without accents, words of `snake_case` and `camelCase` apart, without those that say nothing. */
export function wordsOf(text: string): string[] {
  return text
    .slice(0, MAX_LENGTH)
    .normalize('NFKD')
    .replaceAll(/(?<=\p{Script=Latin})\p{Mn}+/gu, '')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/\bon-call\b/g, 'oncall')
    .replaceAll(UNSPACED, (words) => ` ${pairsOf(words).join(' ')} `)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '' && !STOP_WORDS.has(word))
    .map(inOneSpelling);
}

/** One word in lower case. */
export function termOf(word: string): string {
  const stem = stemOf(word);
  return ACTION_OF.get(stem) ?? stem;
}

/** Every two characters that are beside each other: a word of such a script has at least one of its pairs. */
function pairsOf(words: string): string[] {
  const characters = Array.from(words);
  return characters.length < 2
    ? characters
    : characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}

/** British and American English: `neighbour`, `organise`, `catalogue`. */
function inOneSpelling(word: string): string {
  return word
    .replace(/(?<=[a-z]{3})our(?=s?$)/, 'or')
    .replace(/(?<=[a-z]{4})is(?=(?:e|es|ed|ing|ation|ations)$)/, 'iz')
    .replace(/(?<=[a-z]{4})ogue(?=s?$)/, 'og');
}

/** The terms of words that are plurals by their ending. */
export function pluralsOf(text: string): ReadonlySet<string> {
  return new Set(
    wordsOf(text)
      .filter((word) => word !== singularOf(word))
      .map(termOf),
  );
}

/**
 * What people also write for words that are beside each other: `loadbalancer` for load balancer, and its initials, `lb`.
 * @param words in lower case
 */
export function compoundsOf(words: readonly string[]): string[] {
  return words.slice(1).flatMap((second, at) => {
    const first = words[at]!;
    const third = words[at + 2];
    const initials = `${first[0]}${second[0]}`;
    return [termOf(`${first}${second}`), initials, ...(third === undefined ? [] : [`${initials}${third[0]}`])];
  });
}

/** Without the suffixes of plurals, verbs and what is made of verbs, so that `deployments` finds `deploy`. */
function stemOf(word: string): string {
  const singular = singularOf(word);
  const found = SUFFIXES.find(
    ([suffix, minimum]) => singular.endsWith(suffix) && singular.length - suffix.length >= minimum,
  );
  let stem = singular;
  if (found !== undefined) stem = singular.slice(0, -found[0].length).replace(/([bdgmnprt])\1$/, '$1');
  if (stem.length > 4 && stem.endsWith('e')) stem = stem.slice(0, -1);
  return stem.length > 4 && stem.endsWith('at') ? stem.slice(0, -2) : stem;
}

function singularOf(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && /(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}
