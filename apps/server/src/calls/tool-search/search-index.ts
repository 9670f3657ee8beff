/**
 * Full-text search over tools. Each word of a search is looked up by BM25+; of a word and those that are related to it, the best match
 * counts. Tools that have more of the words, and that do what is asked for, come first.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ToolAnnotations } from '@mcp/tool-base';
import MiniSearch, { type SearchOptions } from 'minisearch';

import { documentOf, FIELD_WEIGHTS, type SearchableTool, type SearchDocument } from './search-document.ts';
import { KNOWN_WORDS, queryOf, type SearchedWord } from './search-query.ts';
import { Spelling } from './search-spelling.ts';
import { pluralsOf, termOf, wordsOf } from './search-terms.ts';
import type { Intent } from './search-words.ts';

const RELATED_WEIGHT = 0.8;
/** Of a word that a tool has as the beginning of another. */
const INEXACT_COVERAGE = 0.5;
const INTENT_WEIGHT = 0.3;
/** Of a tool that is called by the same plural: `servers` is rather a list than one of them. */
const PLURAL_WEIGHT = 0.2;
/** What a tool counts that has none of the words with a weight. */
const MIN_COVERAGE = 0.05;
/** Tools that are read in one turn. */
const CHUNK = 20;
/** What a word stands for is looked up among the words of tools, not among what is made of them. */
const RELATED_FIELDS: string[] = Object.keys(FIELD_WEIGHTS).filter((field) => field !== 'compounds');
const EXACT: SearchOptions = { prefix: false, fields: RELATED_FIELDS };
const PREFIX: SearchOptions = { prefix: (term) => term.length > 3 };

interface Match {
  readonly score: number;
  /** How much of the word it is, from 0 to 1. */
  readonly coverage: number;
}

export class SearchIndex<T extends SearchableTool> {
  readonly #tools: readonly T[];
  readonly #index: MiniSearch<SearchDocument>;
  readonly #spelling: Spelling;
  /** Of name and title of each tool. */
  readonly #plurals: readonly ReadonlySet<string>[];

  private constructor(
    tools: readonly T[],
    index: MiniSearch<SearchDocument>,
    spelling: Spelling,
    plurals: readonly ReadonlySet<string>[],
  ) {
    this.#tools = tools;
    this.#index = index;
    this.#spelling = spelling;
    this.#plurals = plurals;
  }

  /** Gives way to other work while it reads the tools. */
  static async of<T extends SearchableTool>(tools: readonly T[]): Promise<SearchIndex<T>> {
    const spelling = new Spelling();
    for (const word of KNOWN_WORDS) spelling.add(word);
    const index = new MiniSearch<SearchDocument>({
      fields: Object.keys(FIELD_WEIGHTS),
      tokenize(text, field) {
        if (field === 'compounds') return text.split(' ');
        const words = wordsOf(text);
        for (const word of words) spelling.add(word);
        return words.map(termOf);
      },
      processTerm: (term) => term,
      searchOptions: { boost: FIELD_WEIGHTS, weights: { fuzzy: 0, prefix: 0.4 }, tokenize: (term) => [term] },
    });
    const plurals: ReadonlySet<string>[] = [];
    for (let at = 0; at < tools.length; at += CHUNK) {
      const documents = tools.slice(at, at + CHUNK).map((tool, within) => documentOf(tool, at + within));
      index.addAll(documents);
      plurals.push(...documents.map(({ name, title }) => pluralsOf(`${name} ${title}`)));
      await nextTurn();
    }
    return new SearchIndex(tools, index, spelling, plurals);
  }

  /** The best matches first. */
  find(text: string, limit: number): T[] {
    const { words, intent, certainty, plurals } = queryOf(text, this.#spelling);
    const scores = new Map<number, number>();
    const coverages = new Map<number, number>();
    let whole = 0;
    for (const word of words) {
      const matches = this.#matchesOf(word);
      const weight = Math.log(1 + this.#tools.length / (0.5 + matches.size));
      whole += weight;
      for (const [id, { score, coverage }] of matches) {
        scores.set(id, (scores.get(id) ?? 0) + score);
        coverages.set(id, (coverages.get(id) ?? 0) + coverage * weight);
      }
    }
    return [...scores]
      .map(([id, score]) => {
        const tool = this.#tools[id]!;
        const covered = MIN_COVERAGE + (coverages.get(id) ?? 0) / whole;
        const isSame = [...plurals].some((plural) => this.#plurals[id]!.has(plural));
        const factor = intentFactor(intent, certainty, tool.definition.annotations) * (isSame ? 1 + PLURAL_WEIGHT : 1);
        return { tool, score: score * covered * factor };
      })
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
      .map(({ tool }) => tool);
  }

  #matchesOf({ term, related }: SearchedWord): Map<number, Match> {
    const matches = new Map<number, Match>();
    this.#addMatches(matches, term, 1, PREFIX);
    for (const other of related) this.#addMatches(matches, other, RELATED_WEIGHT, EXACT);
    return matches;
  }

  #addMatches(matches: Map<number, Match>, term: string, weight: number, options: SearchOptions): void {
    for (const { id, score, terms } of this.#index.search(term, options)) {
      const known = matches.get(id as number) ?? { score: 0, coverage: 0 };
      matches.set(id as number, {
        score: Math.max(known.score, score * weight),
        coverage: Math.max(known.coverage, terms.includes(term) ? weight : INEXACT_COVERAGE),
      });
    }
  }
}

/** Annotations are claims of whoever offers the tool: they change its place, and nothing else. */
function intentFactor(intent: Intent | undefined, certainty: number, annotations: ToolAnnotations | undefined): number {
  const { readOnlyHint, destructiveHint } = annotations ?? {};
  if (intent === undefined || readOnlyHint === undefined) return 1;
  const does: Intent = readOnlyHint ? 'read' : destructiveHint === true ? 'delete' : 'write';
  return does === intent ? 1 + INTENT_WEIGHT * certainty : 1 - INTENT_WEIGHT * certainty;
}
