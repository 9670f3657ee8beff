/**
 * A schema that somebody else wrote, in the form in which the validator may interpret it: nothing in it takes more than linear time,
 * whatever the value. Patterns become formats, because the validator takes formats, and no other regular expression engine.
 */

import { format as formats } from '@cfworker/json-schema';
import { countApplications } from '@mcp/tool-base';
import { RE2JS } from 're2js';

import { isObject, type JsonObject } from '../document/json-pointer.ts';

export const PATTERN_FORMAT = 'pattern:';

const CHECKED_FORMATS: ReadonlySet<string> = new Set([
  'date',
  'date-time',
  'time',
  'ipv4',
  'ipv6',
  'uuid',
  'email',
  'uri',
]);
/** Values, not schemas: a member named pattern is a value there. */
const VALUES: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples']);
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(['properties', '$defs', 'dependentSchemas']);
/** Their meaning depends on `patternProperties`. */
const CLOSING: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties']);

/** What is checked less strictly than it says, or may be. */
const LOOSELY_CHECKED: ReadonlySet<string> = new Set([
  '$ref',
  'oneOf',
  'uniqueItems',
  'patternProperties',
  'if',
  'not',
]);
const CONDITIONAL: ReadonlySet<string> = new Set(['if', 'then', 'else']);
/** What they are about is what the other parts, also those that are not checked, have looked at. */
const UNEVALUATED: ReadonlySet<string> = new Set(['unevaluatedProperties', 'unevaluatedItems']);

/**
 * A copy. `uniqueItems` is left out: the validator compares all pairs. One alternative is enough, because what is not checked may be
 * what tells them apart.
 */
export function checkableSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(checkableSchema);
  if (!isObject(schema)) return schema;
  const copy: Record<string, unknown> = {};
  const isOpen = !hasSimpleNames(schema['patternProperties']);
  const hasUncheckedCondition = 'if' in schema && !isWhollyChecked(schema['if']);
  for (const [key, member] of Object.entries(schema)) {
    if (key === 'pattern' || key === 'format' || key === 'uniqueItems') continue;
    if (isOpen && (key === 'patternProperties' || CLOSING.has(key))) continue;
    if (key === 'not' && !isWhollyChecked(member)) continue;
    if (hasUncheckedCondition && CONDITIONAL.has(key)) continue;
    if (key === 'maxContains' && !isWhollyChecked(schema['contains'])) continue;
    if (UNEVALUATED.has(key) && !isWhollyChecked(schema)) continue;
    if (key === 'oneOf') continue;
    if (VALUES.has(key)) copy[key] = member;
    else if ((NAMED_SCHEMAS.has(key) || key === 'patternProperties') && isObject(member)) copy[key] = eachOf(member);
    else copy[key] = checkableSchema(member);
  }
  if ('oneOf' in schema) addAlternatives(copy, checkableSchema(schema['oneOf']));
  addFormats(schema, copy);
  countApplications(copy);
  return copy;
}

/** Whether a value that passes the check is one that the schema allows; a reference may lead to what is not checked. */
function isWhollyChecked(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isWhollyChecked);
  if (!isObject(schema)) return true;
  return Object.entries(schema).every(([key, member]) => {
    if (VALUES.has(key)) return true;
    if (key === 'pattern') return typeof member === 'string' && registerPattern(member);
    if (key === 'format') return typeof member === 'string' && CHECKED_FORMATS.has(member);
    if (NAMED_SCHEMAS.has(key)) return isObject(member) && Object.values(member).every(isWhollyChecked);
    return !LOOSELY_CHECKED.has(key) && isWhollyChecked(member);
  });
}

function eachOf(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, checkableSchema(schema)]));
}

function addFormats({ pattern, format }: JsonObject, copy: Record<string, unknown>): void {
  const checks: string[] = [];
  if (typeof format === 'string' && CHECKED_FORMATS.has(format)) checks.push(format);
  if (typeof pattern === 'string' && registerPattern(pattern)) checks.push(`${PATTERN_FORMAT}${pattern}`);
  const [first, ...more] = checks;
  if (first !== undefined) copy['format'] = first;
  if (more.length > 0)
    addAll(
      copy,
      more.map((name) => ({ format: name })),
    );
}

function addAlternatives(copy: Record<string, unknown>, alternatives: unknown): void {
  if (copy['anyOf'] === undefined) copy['anyOf'] = alternatives;
  else addAll(copy, [{ anyOf: alternatives }]);
}

function addAll(copy: Record<string, unknown>, schemas: readonly JsonObject[]): void {
  const others = Array.isArray(copy['allOf']) ? (copy['allOf'] as unknown[]) : [];
  copy['allOf'] = [...others, ...schemas];
}

/** Characters, classes and at most one repetition behind `^`: the validator's own engine needs linear time for them. */
const ATOM = String.raw`(?:(?:[^\\()[\]{}*+?|.^$]|\\[wds.-]|\[\^?[^\\[\]]+\])(?:\{\d{1,2}\})?)`;
const SIMPLE_NAME = new RegExp(String.raw`^\^${ATOM}*?(?:${ATOM}(?:[*+?]|\{\d{1,3},\d{0,3}\}))?${ATOM}*\$?$`);
const MAX_NAME_PATTERN = 100;

function hasSimpleNames(patternProperties: unknown): boolean {
  if (!isObject(patternProperties)) return true;
  return Object.keys(patternProperties).every((name) => name.length <= MAX_NAME_PATTERN && isSimple(name));
}

function isSimple(name: string): boolean {
  if (!SIMPLE_NAME.test(name)) return false;
  try {
    return new RegExp(name, 'u').unicode;
  } catch {
    return false;
  }
}

/** Patterns of all documents of this process; one that is not known here is not checked. */
const MAX_PATTERNS = 20_000;
let patterns = 0;

function registerPattern(pattern: string): boolean {
  const name = `${PATTERN_FORMAT}${pattern}`;
  if (Object.hasOwn(formats, name)) return true;
  if (patterns >= MAX_PATTERNS) return false;
  try {
    const compiled = RE2JS.compile(pattern);
    formats[name] = (text) => compiled.matcher(text).find();
    patterns += 1;
    return true;
  } catch {
    return false;
  }
}
