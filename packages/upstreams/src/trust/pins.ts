/** What an operator trusts: the tools of an upstream as they were when someone looked at them. */
import { createHash } from 'node:crypto';

import type { ToolAnnotations } from '@mcp/tool-base';

import type { Members } from '../connection/take-apart.ts';
import type { ListedTool } from '../listing/listed-tool.ts';

/** One tool as it was approved. Its texts are kept beside the hash, so that a change can be shown. */
export interface Pin {
  /** SHA-256 of the canonical JSON of everything but the annotations, which some servers vary. */
  readonly hash: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: Members;
  readonly outputSchema?: Members;
  readonly annotations: ToolAnnotations;
}

/** By the upstream's own name. */
export type Pins = Readonly<Record<string, Pin>>;

export function pinOf({ name, title, description, inputSchema, outputSchema, annotations }: ListedTool): Pin {
  const texts = {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    inputSchema,
    ...(outputSchema !== undefined && { outputSchema }),
  };
  const hash = createHash('sha256')
    .update(canonicalJson({ name, ...texts }))
    .digest('hex');
  return { hash, ...texts, annotations };
}

/** JSON with the members of every object sorted, so that their order changes no hash. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
