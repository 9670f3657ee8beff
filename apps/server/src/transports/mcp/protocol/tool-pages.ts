import { createHash } from 'node:crypto';

import type { Tool as McpTool } from '@modelcontextprotocol/server';

/** A page of `tools/list`. A type, because the SDK's result has an index signature. */
export type ToolPage = {
  readonly tools: McpTool[];
  /** Of the next page; absent on the last one. */
  readonly nextCursor?: string;
};

/** Of the JSON of one response. A single tool beyond it has a page of its own. @internal */
export const MAX_PAGE_BYTES: number = 128 * 1024;
/** What surrounds the tools in a response: id, cursor, `_meta`. */
const ENVELOPE_BYTES = 1024;

/**
 * A list of tools in pages. A cursor is the name of the last tool that the client has, and nothing is stored for it: it is
 * valid after a restart and on every replica that offers that tool to the caller. One page keeps the order of registration,
 * which replicas need not share; several are in the order of their names.
 */
export class ToolPages {
  readonly #tools: readonly McpTool[];
  readonly #bytes: readonly number[];
  readonly #whole: ToolPage | undefined;
  #digest: string | undefined;

  constructor(tools: McpTool[]) {
    const sized = tools.map((tool) => ({ tool, bytes: Buffer.byteLength(JSON.stringify(tool)) + 1 }));
    const total = sized.reduce((sum, { bytes }) => sum + bytes, ENVELOPE_BYTES);
    if (total <= MAX_PAGE_BYTES) this.#whole = { tools };
    else sized.sort((a, b) => (a.tool.name < b.tool.name ? -1 : 1));
    this.#tools = sized.map(({ tool }) => tool);
    this.#bytes = sized.map(({ bytes }) => bytes);
  }

  /** Differs when the list does. */
  get digest(): string {
    return (this.#digest ??= createHash('sha256').update(JSON.stringify(this.#tools)).digest('base64url'));
  }

  /** @returns undefined for a cursor that leads to no page */
  page(cursor: string | undefined): ToolPage | undefined {
    if (cursor === undefined) return this.#whole ?? this.#pageFrom(0);
    const last = this.#tools.findIndex(({ name }) => cursorAfter(name) === cursor);
    return last === -1 || last === this.#tools.length - 1 ? undefined : this.#pageFrom(last + 1);
  }

  #pageFrom(start: number): ToolPage {
    let bytes = ENVELOPE_BYTES;
    let end = start;
    do bytes += this.#bytes[end++] ?? 0;
    while (end < this.#tools.length && bytes + (this.#bytes[end] ?? 0) <= MAX_PAGE_BYTES);
    const tools = this.#tools.slice(start, end);
    const last = tools.at(-1);
    return { tools, ...(last && end < this.#tools.length && { nextCursor: cursorAfter(last.name) }) };
  }
}

function cursorAfter(name: string): string {
  return Buffer.from(name).toString('base64url');
}
