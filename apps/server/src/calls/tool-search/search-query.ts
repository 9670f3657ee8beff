/** What a search asks for. */

import { termOf, termsOf } from './search-terms.ts';
import { ASKING, INTENTS, LIGHT_VERBS, PHRASES, RELATED, type Intent } from './search-words.ts';

export interface SearchedWord {
  readonly term: string;
  /** Terms that may stand for it. */
  readonly related: readonly string[];
}

export interface SearchQuery {
  readonly words: readonly SearchedWord[];
  readonly intent: Intent | undefined;
}

const LIGHT: ReadonlySet<string> = new Set([...LIGHT_VERBS].map(termOf));

const INTENT_OF: ReadonlyMap<string, Intent> = new Map(
  (Object.entries(INTENTS) as [Intent, string][]).flatMap(([intent, words]) =>
    words.split(' ').map((word) => [termOf(word), intent] as const),
  ),
);

const RELATED_TO: ReadonlyMap<string, ReadonlySet<string>> = relations();

export function queryOf(text: string): SearchQuery {
  const terms = new Set(termsOf(PHRASES.reduce((searched, [said, words]) => searched.replace(said, words), text)));
  const intents = [...terms].flatMap((term) => INTENT_OF.get(term) ?? []);
  const searched = [...terms].filter((term) => !LIGHT.has(term));
  return {
    words: searched.map((term) => ({
      term,
      related: [...(RELATED_TO.get(term) ?? [])].filter((other) => !terms.has(other)),
    })),
    intent: ASKING.test(text) ? 'read' : intents[0],
  };
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
