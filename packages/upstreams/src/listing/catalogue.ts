/** The list of an upstream after the operator's choices: what is offered under which name, and what is withheld and why. */
import { isDeepStrictEqual } from 'node:util';

import { isMembers } from '../connection/take-apart.ts';
import type { ToolOverride } from '../tool-override.ts';
import { exposedName, MAX_NAME_LENGTH } from './exposed-name.ts';
import { globMatches } from './glob.ts';
import { readListedTool, type ListedTool, type WithheldTool } from './listed-tool.ts';
import type { Pending, TrustDecision } from '../trust/trust.ts';

export interface ToolChoice {
  /** Patterns over the upstream's own names. @default every tool */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** The upstream's name -> another, which the key still precedes. */
  readonly rename?: Readonly<Record<string, string>>;
  /** By the upstream's own name. */
  readonly overrides?: Readonly<Record<string, ToolOverride>>;
}

export interface OfferedTool {
  readonly exposed: string;
  readonly tool: ListedTool;
}

export interface PendingEntry {
  readonly exposed: string;
  readonly pending: Pending<ListedTool>;
}

export interface Catalogue {
  /** Sorted by exposed name. */
  readonly offered: readonly OfferedTool[];
  /** Sorted by exposed name. */
  readonly pending: readonly PendingEntry[];
  readonly withheld: readonly WithheldTool[];
  /** Names that the operator excluded. */
  readonly excluded: readonly string[];
}

export interface CatalogueOptions {
  readonly key: string;
  readonly choice: ToolChoice;
  readonly decide: (listed: readonly ListedTool[]) => TrustDecision<ListedTool>;
  /** @default 64 */
  readonly maxNameLength?: number;
}

export function catalogueOf(rawTools: readonly unknown[], options: CatalogueOptions): Catalogue {
  const { key, choice, decide, maxNameLength = MAX_NAME_LENGTH } = options;
  const { include = ['*'], exclude = [], rename = {}, overrides = {} } = choice;
  const withheld: WithheldTool[] = [];
  const excluded: string[] = [];
  const listed: ListedTool[] = [];
  for (const raw of rawTools) {
    const read = readListedTool(raw);
    const matches = (pattern: string): boolean => globMatches(pattern, read.name);
    if (!include.some(matches) || exclude.some(matches)) excluded.push(read.name);
    else if ('reason' in read) withheld.push(read);
    else listed.push(read);
  }
  const exposedOf = ({ name }: ListedTool): string =>
    exposedName(key, Object.hasOwn(rename, name) ? rename[name]! : name, maxNameLength);
  const checked: ListedTool[] = [];
  for (const tool of listed) {
    const missing = missingArgument(tool, overrides[tool.name]?.targets);
    if (missing === undefined) checked.push(tool);
    else withheld.push({ name: tool.name, reason: notChecked(key, tool.name, missing) });
  }
  const unique: ListedTool[] = [];
  for (const [exposed, tools] of Map.groupBy(checked, exposedOf)) {
    const [first, ...others] = tools;
    // Pages that overlap name a tool twice.
    if (first !== undefined && others.every((other) => isDeepStrictEqual(other, first))) unique.push(first);
    else
      for (const name of new Set(tools.map((tool) => tool.name)))
        withheld.push({ name, reason: collision(key, exposed) });
  }
  const { trusted, pending } = decide(unique);
  return {
    offered: trusted.map((tool) => ({ exposed: exposedOf(tool), tool })).sort(byExposed),
    pending: pending.map((each) => ({ exposed: exposedOf(each.item), pending: each })).sort(byExposed),
    withheld: withheld.sort((a, b) => byCodeUnits(a.name, b.name)),
    excluded: excluded.sort(byCodeUnits),
  };
}

function byExposed(a: { readonly exposed: string }, b: { readonly exposed: string }): number {
  return byCodeUnits(a.exposed, b.exposed);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A check of an argument that does not exist would check nothing: the upstream may have given it another name. */
function missingArgument({ inputSchema }: ListedTool, targets: ToolOverride['targets'] = {}): string | undefined {
  const { properties } = inputSchema;
  return Object.keys(targets).find((name) => !isMembers(properties) || !Object.hasOwn(properties, name));
}

function notChecked(key: string, tool: string, argument: string): string {
  return `upstreams.${key}.tools.overrides.${tool}.targets checks the argument ${argument}, which the tool does not have.`;
}

function collision(key: string, exposed: string): string {
  return `Another tool of this upstream would also be named ${exposed}; give one of them another name in upstreams.${key}.tools.rename.`;
}
