/** What an operator trusts: the tools and prompts of an upstream as they were when someone looked at them. */
import { createHash } from 'node:crypto';

import type { ToolAnnotations } from '@mcp/tool-base';

import type { Members } from '../connection/take-apart.ts';
import type { ListedPrompt } from '../contents/listed-contents.ts';
import type { ListedTool } from '../listing/listed-tool.ts';

/** One tool or prompt as it was approved. Its texts are kept beside the hash, so that a change can be shown. */
export interface Pin {
  /** SHA-256 of the canonical JSON of everything but the annotations, which some servers vary. */
  readonly hash: string;
  readonly title?: string;
  readonly description?: string;
  /** Of a tool, as are the next two. */
  readonly inputSchema?: Members;
  readonly outputSchema?: Members;
  readonly annotations?: ToolAnnotations;
  /** Of a prompt. */
  readonly arguments?: readonly object[];
}

/** By the upstream's own name. */
export type Pins = Readonly<Record<string, Pin>>;

/** The lists of an upstream whose items are approved one by one. */
export type PinnedList = 'tools' | 'prompts';

/** How the items of a list are pinned. */
export interface Pinning<Item> {
  readonly list: PinnedList;
  readonly pinOf: (item: Item) => Pin;
  /** The item with what is not part of the hash as it was approved. */
  readonly asApproved: (item: Item, pin: Pin) => Item;
}

export const TOOL_PINNING: Pinning<ListedTool> = {
  list: 'tools',
  pinOf: ({ name, title, description, inputSchema, outputSchema, annotations }) => {
    const texts = {
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      inputSchema,
      ...(outputSchema !== undefined && { outputSchema }),
    };
    return { hash: hashOf({ name, ...texts }), ...texts, annotations };
  },
  // Annotations are the upstream's claims and may vary.
  asApproved: (tool, { annotations = {} }) => ({ ...tool, annotations }),
};

export const PROMPT_PINNING: Pinning<ListedPrompt> = {
  list: 'prompts',
  pinOf: ({ name, ...texts }) => ({ hash: hashOf({ name, ...texts }), ...texts }),
  asApproved: (prompt) => prompt,
};

function hashOf(texts: object): string {
  return createHash('sha256').update(canonicalJson(texts)).digest('hex');
}

/** JSON with the members of every object sorted, so that their order changes no hash. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
