import { dump } from 'js-yaml';
import { holdsSecret } from '../fields/field.ts';
import type { Assignment } from '../reading/layers.ts';
import { plainOf } from '../reading/node.ts';
import { setAt } from '../fields/plain-object.ts';

export interface SaveOptions {
  /** Another file to write to; secrets are left out of it. @default the store's own file */
  readonly file?: string;
  /** @default by the file's name: JSON for .json, else YAML */
  readonly format?: 'yaml' | 'json';
}

export interface SaveResult {
  readonly file: string;
  /** Keys that hold secrets and were left out of a copy. */
  readonly omitted: readonly string[];
}

/**
 * The text of a configuration file with what the file and `update()` set, as it was written, under canonical keys.
 * Values from the environment and the command line are not in `saved`, so they cannot get in. Comments are not kept.
 */
export function savedText(
  saved: readonly Assignment[],
  format: 'yaml' | 'json',
  withSecrets: boolean,
): { readonly text: string; readonly omitted: readonly string[] } {
  const omitted = new Set<string>();
  const tree: Record<string, unknown> = {};
  for (const { leaf, node } of saved) {
    if (!withSecrets && holdsSecret(leaf.field)) omitted.add(leaf.key);
    else setAt(tree, leaf.path, plainOf(node));
  }
  const text = format === 'json' ? `${JSON.stringify(tree, undefined, 2)}\n` : dump(tree, { lineWidth: 100 });
  return { text, omitted: [...omitted] };
}

export function formatOf(file: string): 'yaml' | 'json' {
  return file.toLowerCase().endsWith('.json') ? 'json' : 'yaml';
}
