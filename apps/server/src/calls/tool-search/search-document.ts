/** What the index reads of a tool. */

import type { JsonSchema, Tool, ToolDefinition } from '@mcp/tool-base';

import { compoundsOf, wordsOf } from './search-terms.ts';

/** What a tool is found by. */
export interface SearchableTool extends Pick<Tool, 'name' | 'inputJsonSchema'> {
  readonly definition: Pick<ToolDefinition, 'title' | 'description' | 'keywords' | 'annotations'>;
}

export interface SearchDocument {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  /** The first sentence of the description. */
  readonly summary: string;
  readonly description: string;
  readonly keywords: string;
  /** Of name and title: words written as one, and initials. */
  readonly compounds: string;
  readonly arguments: string;
  /** Names inside of arguments, and values that an argument can have. */
  readonly members: string;
}

/** How much a word counts in each. */
export const FIELD_WEIGHTS: Readonly<Record<Exclude<keyof SearchDocument, 'id'>, number>> = {
  title: 4,
  name: 2,
  summary: 2,
  keywords: 1.5,
  compounds: 2,
  description: 1,
  arguments: 0.5,
  members: 0.5,
};

const MAX_DEPTH = 5;
const MAX_MEMBERS = 150;
const SENTENCE_END = /[.!?](?=\s)|\n\n/;

export function documentOf(tool: SearchableTool, id: number): SearchDocument {
  const { title: given = '', description: whole, keywords = '' } = tool.definition;
  // The description of an operation begins with its title.
  const described = given !== '' && whole.startsWith(given) ? whole.slice(given.length).trim() : whole;
  const [summary = ''] = described.split(SENTENCE_END, 1);
  const { properties } = tool.inputJsonSchema;
  return {
    id,
    name: tool.name,
    title: given || summary,
    summary,
    description: described.slice(summary.length),
    keywords,
    compounds: [...new Set([tool.name, given].flatMap((text) => compoundsOf(wordsOf(text))))].join(' '),
    arguments: Object.entries((properties ?? {}) as Members)
      .map(describedName)
      .join(' '),
    members: membersOf(tool.inputJsonSchema).join(' '),
  };
}

type Members = Readonly<Record<string, unknown>>;

function describedName([name, schema]: [string, unknown]): string {
  const about = isMembers(schema) && typeof schema['description'] === 'string' ? schema['description'] : '';
  return `${name} ${about}`;
}

function membersOf(root: JsonSchema): string[] {
  const definitions = isMembers(root['$defs']) ? root['$defs'] : {};
  const found: string[] = [];
  const seen = new Set<unknown>();
  const visit = (schema: unknown, depth: number): void => {
    if (!isMembers(schema) || depth > MAX_DEPTH || found.length >= MAX_MEMBERS || seen.has(schema)) return;
    seen.add(schema);
    const { $ref: reference, properties, items, enum: values, const: value } = schema;
    if (typeof reference === 'string') visit(definitions[reference.replace('#/$defs/', '')], depth);
    for (const one of [...listOf(values), value]) if (typeof one === 'string') found.push(one);
    for (const [name, member] of Object.entries(isMembers(properties) ? properties : {})) {
      if (depth > 0) found.push(name);
      visit(member, depth + 1);
    }
    for (const key of ['oneOf', 'anyOf', 'allOf']) for (const one of listOf(schema[key])) visit(one, depth);
    visit(items, depth);
  };
  visit(root, 0);
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
