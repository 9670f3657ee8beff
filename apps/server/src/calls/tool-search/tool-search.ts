/**
 * Three tools in place of a long list: `search_tools` finds tools, `describe_tool` gives the schema of one, `call_tool` calls it. The
 * gateway turns `call_tool` into a call of the tool that it names, so that its name, scope, limits, audit entry and metrics hold.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { Tool, type ToolKind, type ToolOptions } from '@mcp/tool-base';

import { globMatches } from '../../access/glob.ts';
import { CALL_TOOL, searchToolDefinitions } from './search-tools.ts';
import type { SearchIndex } from './search-index.ts';

export type ToolSearchMode = 'auto' | 'always';

/** With `auto`, as many visible tools are listed as they are. */
const LISTED_TOOLS = 60;
/** One index for each set of scopes, of as many tools in all: an index takes about 4 KiB for each. */
const MAX_INDEXED_TOOLS = 20_000;
/** Tools of this machine are listed whatever the mode. */
const LOCAL: ReadonlySet<ToolKind> = new Set(['function', 'command']);

export interface ToolSearchOptions extends Pick<ToolOptions, 'recorder'> {
  readonly mode: ToolSearchMode;
  /** Patterns of names of tools that a short list has too. @default [] */
  readonly alwaysListed?: readonly string[] | undefined;
}

interface Visible {
  readonly tools: readonly Tool[];
  /** Equal for callers who see the same tools. */
  readonly scopes: string;
  readonly version: number;
}

interface IndexedTools {
  readonly count: number;
  readonly index: Promise<SearchIndex<Tool>>;
}

export class ToolSearch {
  readonly tools: readonly Tool[];
  readonly #names: ReadonlySet<string>;
  readonly #mode: ToolSearchMode;
  readonly #alwaysListed: readonly string[];
  readonly #visible = new AsyncLocalStorage<Visible>();
  readonly #indexes = new Map<string, IndexedTools>();
  #version = -1;

  constructor({ mode, alwaysListed = [], recorder }: ToolSearchOptions) {
    this.#mode = mode;
    this.#alwaysListed = alwaysListed;
    const definitions = searchToolDefinitions({
      find: (text, limit) => this.#find(text, limit),
      visible: () => this.#visible.getStore()?.tools ?? [],
    });
    this.tools = definitions.map((definition) => new Tool(definition, { recorder }));
    this.#names = new Set(definitions.map(({ name }) => name));
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** What a list shows to a caller who may see `visible`, which has no search tools in it. */
  listed(visible: readonly Tool[]): readonly Tool[] {
    if (visible.length === 0) return [];
    if (this.#mode === 'auto' && visible.length <= LISTED_TOOLS) return visible;
    return [...this.tools, ...visible.filter((tool) => this.#isAlwaysListed(tool))];
  }

  #isAlwaysListed({ name, definition }: Tool): boolean {
    return LOCAL.has(definition.kind) || this.#alwaysListed.some((pattern) => globMatches(pattern, name));
  }

  /** The call that `call_tool` stands for; undefined for every other call, and where it names no tool that can be called. */
  redirect(name: string, given: unknown): { readonly name: string; readonly arguments: unknown } | undefined {
    if (name !== CALL_TOOL || typeof given !== 'object' || given === null) return undefined;
    const { name: called, arguments: values = {}, ...more } = given as Readonly<Record<string, unknown>>;
    if (typeof called !== 'string' || this.has(called) || Object.keys(more).length > 0) return undefined;
    return { name: called, arguments: values };
  }

  /** Runs one of the search tools for a caller. */
  run<T>(visible: Visible, run: () => T): T {
    return this.#visible.run(visible, run);
  }

  async #find(text: string, limit: number): Promise<readonly Tool[]> {
    const visible = this.#visible.getStore();
    if (visible === undefined) return [];
    // What words mean is made ready when it is loaded, which no start has to wait for.
    const search = await import('./search-index.ts');
    if (visible.version !== this.#version) {
      this.#indexes.clear();
      this.#version = visible.version;
    }
    const known = this.#indexes.get(visible.scopes);
    if (known !== undefined) return (await known.index).find(text, limit);
    this.#evictFor(visible.tools.length);
    const index = search.SearchIndex.of(visible.tools);
    this.#indexes.set(visible.scopes, { count: visible.tools.length, index });
    return (await index).find(text, limit);
  }

  /** The oldest first. */
  #evictFor(count: number): void {
    let left = [...this.#indexes.values()].reduce((sum, one) => sum + one.count, count);
    for (const [scopes, one] of this.#indexes) {
      if (left <= MAX_INDEXED_TOOLS) return;
      this.#indexes.delete(scopes);
      left -= one.count;
    }
  }
}
