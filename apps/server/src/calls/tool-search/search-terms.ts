/** The terms of a text, for tools and for searches alike. */

const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the of to in on for from by with and or is are be it its this that these those i me my we our you your how do does can ' +
    'could should would want need please what which who when where all any some one into at as'
  ).split(' '),
);

/** Words that people and tools use for the same action; each stands for the first of its group. */
const GROUPS: readonly string[] = [
  'list show display enumerate browse all',
  'get fetch read retrieve view look lookup details detail',
  'create add new make register open insert',
  'update change edit modify set adjust patch',
  'delete remove drop erase destroy',
  'search find query locate',
  'send post deliver submit dispatch',
  'cancel abort stop revoke',
  'approve accept confirm',
  'export download dump',
];
const GROUP_OF: ReadonlyMap<string, string> = new Map(
  GROUPS.flatMap((group) => {
    const [first = '', ...others] = group.split(' ');
    return others.map((word) => [word, first] as const);
  }),
);

/** Lower case, words of `snake_case` and `camelCase` apart, without suffixes and words that say nothing. */
export function termsOf(text: string): string[] {
  return text
    .slice(0, MAX_LENGTH)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !STOP_WORDS.has(word))
    .map((word) => GROUP_OF.get(word) ?? GROUP_OF.get(stemOf(word)) ?? stemOf(word));
}

const MAX_LENGTH = 20_000;

/** Plurals and the commonest suffixes of verbs, so that `invoices` finds `invoice` and `sending` finds `send`. */
function stemOf(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && /(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  if (word.length > 6 && word.endsWith('ing')) return word.slice(0, -3);
  return word;
}
