/**
 * Checks arguments against a JSON Schema that somebody else wrote. The validator interprets the schema, so no code is made of its
 * text, and regular expressions run in linear time; a pattern that the engine does not know is not checked.
 */

import { format as formats, Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from '@mcp/tool-base';
import { RE2JS } from 're2js';

type Props = StandardSchemaV1.Props<Readonly<Record<string, unknown>>>;

const PATTERN_FORMAT = 'pattern:';
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

/** The schema as a Standard Schema; the validator is made by the first check. */
export function checkSchema(schema: JsonSchema): StandardSchemaV1<Readonly<Record<string, unknown>>> {
  let validator: Validator | undefined;
  const validate: Props['validate'] = (value) => {
    validator ??= new Validator(withLinearPatterns(schema) as Schema, '2020-12', false);
    const { valid, errors } = validator.validate(value);
    return valid ? { value: value as Readonly<Record<string, unknown>> } : { issues: issuesOf(errors) };
  };
  return { '~standard': { version: 1, vendor: 'json-schema', validate } };
}

/** `pattern` as a format, because the validator takes formats, and no other regular expression engine. */
function withLinearPatterns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLinearPatterns);
  if (typeof value !== 'object' || value === null) return value;
  const { pattern, format, ...rest } = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(rest)) {
    // Values, not schemas: a member named pattern is a value there.
    copy[key] = ['enum', 'const', 'default', 'examples'].includes(key) ? member : withLinearPatterns(member);
  }
  if (typeof pattern === 'object') copy['pattern'] = withLinearPatterns(pattern);
  if (typeof format === 'object') copy['format'] = withLinearPatterns(format);
  const checks: string[] = [];
  if (typeof format === 'string' && CHECKED_FORMATS.has(format)) checks.push(format);
  if (typeof pattern === 'string' && registerPattern(pattern)) checks.push(`${PATTERN_FORMAT}${pattern}`);
  const [first, ...more] = checks;
  if (first !== undefined) copy['format'] = first;
  if (more.length > 0) {
    const others = Array.isArray(copy['allOf']) ? (copy['allOf'] as unknown[]) : [];
    copy['allOf'] = [...others, ...more.map((name) => ({ format: name }))];
  }
  return copy;
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

/** Errors of the outer schemas repeat those of the inner ones. */
const OUTER: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
  'additionalProperties',
]);

function issuesOf(errors: readonly OutputUnit[]): StandardSchemaV1.Issue[] {
  const inner = errors.filter(({ keyword }) => !OUTER.has(keyword));
  return (inner.length > 0 ? inner : errors).map((error) => ({ path: pathOf(error), message: messageOf(error) }));
}

function pathOf({ instanceLocation }: OutputUnit): string[] {
  const parts = instanceLocation.replace(/^#\/?/, '').split('/');
  return parts
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function messageOf({ keyword, error }: OutputUnit): string {
  const pattern = error.indexOf(PATTERN_FORMAT);
  if (keyword === 'format' && pattern >= 0)
    return `must match the pattern ${error.slice(pattern + PATTERN_FORMAT.length, -2)}`;
  return error;
}
