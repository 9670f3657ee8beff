/** What a search asks for. */

import type { Spelling } from './search-spelling.ts';
import { compoundsOf, pluralsOf, termOf, wordsOf } from './search-terms.ts';
import { ACTIONS, ASKING, INTENTS, LIGHT_VERBS, PHRASES, RELATED, type Intent } from './search-words.ts';

export interface SearchedWord {
  readonly term: string;
  /** Terms that may stand for it. */
  readonly related: readonly string[];
}

export interface SearchQuery {
  readonly words: readonly SearchedWord[];
  readonly intent: Intent | undefined;
  /** Of the intent, from 0 to 1. */
  readonly certainty: number;
  readonly plurals: ReadonlySet<string>;
}

/** Things without a verb, as in `all servers`, are rather wanted to be seen. */
const UNSAID: Intent = 'read';
const UNSAID_CERTAINTY = 0.5;

const LIGHT: ReadonlySet<string> = new Set([...LIGHT_VERBS].map(termOf));

const INTENT_OF: ReadonlyMap<string, Intent> = new Map(
  (Object.entries(INTENTS) as [Intent, string][]).flatMap(([intent, words]) =>
    words.split(' ').map((word) => [termOf(word), intent] as const),
  ),
);

/** Words that a search may have though no tool has them. */
export const KNOWN_WORDS: readonly string[] = [
  ...ACTIONS,
  ...RELATED,
  ...Object.values(INTENTS),
  ...LIGHT_VERBS,
].flatMap((words) => words.split(' '));

const RELATED_TO: ReadonlyMap<string, ReadonlySet<string>> = relations();

export function queryOf(text: string, spelling: Pick<Spelling, 'corrected'>): SearchQuery {
  const said = PHRASES.reduce((searched, [pattern, words]) => searched.replace(pattern, words), text);
  const spoken = spelling.corrected(wordsOf(said));
  const terms = new Set(spoken.map(termOf));
  const compounds = compoundsByTerm(spoken);
  const plurals = pluralsOf(spoken.join(' '));
  // `deploy` says what to do, `deployments` does not.
  const intents = [...terms].flatMap((term) => (plurals.has(term) ? [] : (INTENT_OF.get(term) ?? [])));
  const intent = ASKING.test(text) ? 'read' : intents[0];
  return {
    words: [...terms]
      .filter((term) => !LIGHT.has(term))
      .map((term) => ({
        term,
        related: [...(RELATED_TO.get(term) ?? []), ...(compounds.get(term) ?? [])].filter((other) => !terms.has(other)),
      })),
    intent: intent ?? (plurals.size > 0 ? UNSAID : undefined),
    certainty: intent === undefined ? UNSAID_CERTAINTY : 1,
    plurals,
  };
}

/** Two words that are beside each other may be one in a tool. */
function compoundsByTerm(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const compounds = new Map<string, string[]>();
  for (const at of words.keys()) {
    const found = compoundsOf(words.slice(at, at + 3));
    for (const part of words.slice(at, at + 2))
      compounds.set(termOf(part), [...(compounds.get(termOf(part)) ?? []), ...found]);
  }
  return compounds;
}

function relations(): ReadonlyMap<string, ReadonlySet<string>> {
  const related = new Map<string, Set<string>>();
  for (const group of RELATED) {
    const terms = group.split(' ').map(termOf);
    for (const term of terms) {
      const others = related.get(term) ?? new Set();
      for (const other of terms) if (other !== term) others.add(other);
      related.set(term, others);
    }
  }
  return related;
}
