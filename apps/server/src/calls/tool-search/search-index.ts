/** Full-text search over tools, by BM25+. */
import type { Tool, ToolDefinition } from '@mcp/tool-base';
import type MiniSearch from 'minisearch';

import { termsOf } from './search-terms.ts';

interface SearchDocument {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: string;
}

/** What a tool is found by. */
export interface SearchableTool extends Pick<Tool, 'name' | 'inputJsonSchema'> {
  readonly definition: Pick<ToolDefinition, 'title' | 'description'>;
}

export class SearchIndex<T extends SearchableTool> {
  readonly #tools: readonly T[];
  readonly #index: MiniSearch<SearchDocument>;

  constructor(library: typeof MiniSearch, tools: readonly T[]) {
    this.#tools = tools;
    this.#index = new library<SearchDocument>({
      fields: ['name', 'title', 'description', 'arguments'],
      tokenize: termsOf,
      processTerm: (term) => term,
      searchOptions: {
        boost: { name: 3, title: 2, description: 1.5 },
        // A misspelt word still finds its tool, below those that match exactly.
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        prefix: (term) => term.length > 3,
        weights: { fuzzy: 0.3, prefix: 0.4 },
      },
    });
    this.#index.addAll(tools.map(documentOf));
  }

  /** The best matches first. */
  find(text: string, limit: number): T[] {
    return this.#index
      .search(text)
      .slice(0, limit)
      .flatMap(({ id }) => this.#tools[id as number] ?? []);
  }
}

function documentOf(tool: SearchableTool, id: number): SearchDocument {
  const { title = '', description } = tool.definition;
  const { properties } = tool.inputJsonSchema;
  const described = Object.entries((properties ?? {}) as Readonly<Record<string, unknown>>).map(([name, schema]) => {
    const about = typeof schema === 'object' && schema !== null && 'description' in schema ? schema.description : '';
    return `${name} ${typeof about === 'string' ? about : ''}`;
  });
  return { id, name: tool.name, title, description, arguments: described.join(' ') };
}
