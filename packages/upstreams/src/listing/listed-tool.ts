/** One tool as an upstream lists it: either something that can be offered, or the reason why not. */
import { MAX_TITLE_LENGTH, type ToolAnnotations } from '@mcp/tool-base';

import { isMembers, type Members } from '../connection/take-apart.ts';
import { CleanTexts } from './clean-texts.ts';
import { schemaProblem } from './schema-bounds.ts';
import { formProblem, propertiesProblem } from './schema-form.ts';

export interface ListedTool {
  /** As the upstream calls it. */
  readonly name: string;
  readonly title: string | undefined;
  /** Undefined when the upstream gives none. */
  readonly description: string | undefined;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: Members;
  readonly outputSchema: Members | undefined;
  /** Whether the schema wants arguments repeated in HTTP headers. */
  readonly mirrorsArguments: boolean;
  /** What was changed before it is offered, in sentences. */
  readonly notes: readonly string[];
}

export interface WithheldTool {
  /** Shown to operators, without characters that cannot be seen. */
  readonly name: string;
  readonly reason: string;
}

const MAX_DESCRIPTION_BYTES = 16_384;
const MAX_OWN_NAME_LENGTH = 256;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

export function readListedTool(raw: unknown): ListedTool | WithheldTool {
  if (!isMembers(raw) || typeof raw['name'] !== 'string' || raw['name'] === '') {
    return { name: '(no name)', reason: 'It has no name.' };
  }
  const texts = new CleanTexts();
  const name = texts.clean(raw['name']).slice(0, MAX_OWN_NAME_LENGTH);
  const withheld = (reason: string): WithheldTool => ({ name, reason });
  if (name !== raw['name'] || /\p{Cc}/u.test(name))
    return withheld('Its name holds control or invisible characters, or is longer than 256.');
  const { outputSchema, execution } = raw;
  if (isMembers(execution) && execution['taskSupport'] === 'required')
    return withheld(
      'It runs only as a task of the upstream (taskSupport: required), and calls of this server are no tasks.',
    );
  const notes: string[] = [];
  const inputSchema = repairedSchema(raw['inputSchema'], notes);
  if (!isMembers(inputSchema)) return withheld('Its input schema is not an object.');
  if (inputSchema['type'] !== 'object') return withheld('Its input schema describes something other than an object.');
  const problem = schemaProblem(inputSchema) ?? propertiesProblem(inputSchema);
  if (problem !== undefined) return withheld(`Its input schema ${problem}.`);
  const mirrored = mirroredHeaders(inputSchema);
  if (mirrored.problem !== undefined) return withheld(mirrored.problem);

  const output = readOutputSchema(outputSchema, notes);
  const { description, title } = raw;
  if (typeof description === 'string' && Buffer.byteLength(description) > MAX_DESCRIPTION_BYTES) {
    return withheld(`Its description is larger than ${MAX_DESCRIPTION_BYTES} bytes.`);
  }
  const annotations = readAnnotations(raw['annotations']);
  const tool: ListedTool = {
    name,
    title: typeof title === 'string' ? blankIsNone(texts.clean(title).slice(0, MAX_TITLE_LENGTH)) : undefined,
    description: typeof description === 'string' ? blankIsNone(texts.clean(description)) : undefined,
    annotations,
    inputSchema: texts.cleanJson(inputSchema) as Members,
    outputSchema: output && (texts.cleanJson(output) as Members),
    mirrorsArguments: mirrored.names.size > 0,
    notes,
  };
  if (texts.hides) {
    return withheld('Its texts use Unicode tags or controls of direction, which serve to hide text from people.');
  }
  if (texts.removed > 0) notes.push(`${texts.removed} invisible or control characters were taken out of its texts.`);
  return tool;
}

/**
 * An input schema with what servers leave out: a tool without arguments may have none, its members may be `null`, and the type may be
 * missing or allow `null` too.
 */
function repairedSchema(given: unknown, notes: string[]): unknown {
  if (given === undefined || given === null) {
    notes.push('It has no input schema, and is offered as one that takes any arguments.');
    return { type: 'object' };
  }
  if (!isMembers(given)) return given;
  const { type, ...members } = given;
  const isObject = type === 'object' || type === undefined || type === null || isNullableObject(type);
  const present = Object.fromEntries(
    Object.entries(members).filter(([name, value]) => value !== null || !NEVER_NULL.has(name)),
  );
  const isAsGiven = type === 'object' && Object.keys(present).length === Object.keys(members).length;
  if (isAsGiven || !isObject) return given;
  notes.push('Its input schema was completed: it lacked type: object, or had null for properties or required.');
  return { type: 'object', ...present };
}

const NEVER_NULL: ReadonlySet<string> = new Set(['properties', 'required', '$defs', 'description', 'title', '$schema']);

function isNullableObject(type: unknown): boolean {
  return Array.isArray(type) && type.includes('object') && type.every((each) => each === 'object' || each === 'null');
}

function readOutputSchema(schema: unknown, notes: string[]): Members | undefined {
  if (schema === undefined || schema === null) return undefined;
  const problem =
    !isMembers(schema) || schema['type'] !== 'object'
      ? 'describes no object'
      : (schemaProblem(schema) ?? formProblem(schema));
  if (problem === undefined) return schema as Members;
  notes.push(`Its output schema is left out, because it ${problem}.`);
  return undefined;
}

function readAnnotations(raw: unknown): ToolAnnotations {
  if (!isMembers(raw)) return {};
  return Object.fromEntries(HINTS.flatMap((hint) => (typeof raw[hint] === 'boolean' ? [[hint, raw[hint]]] : [])));
}

function mirroredHeaders(schema: Members): { readonly names: ReadonlySet<string>; readonly problem?: string } {
  const names = new Set<string>();
  const stack: unknown[] = [schema];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (isMembers(value) && 'x-mcp-header' in value) {
      const header = value['x-mcp-header'];
      const isName = typeof header === 'string' && HEADER_NAME.test(header);
      if (!isName) return { names, problem: 'Its input schema has an x-mcp-header that is not a header name.' };
      const lower = header.toLowerCase();
      if (names.has(lower)) return { names, problem: 'Its input schema names one x-mcp-header for two arguments.' };
      names.add(lower);
    }
    stack.push(...Object.values(value).filter((member) => member !== undefined));
  }
  return { names };
}

function blankIsNone(text: string): string | undefined {
  return /\S/.test(text) ? text : undefined;
}
