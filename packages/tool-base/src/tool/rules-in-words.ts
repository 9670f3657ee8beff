import { patternInWords } from '../command/value-type.ts';
import type { JsonSchema } from '../declare/json-schema.ts';

/** A long pattern would cost every model tokens for every tool; the refusal of a value shows the rule again. */
const MAX_PATTERN_LENGTH = 80;
/** Longer texts and lists are not written by mistake, so their limit is left out. */
const MAX_LENGTH_TO_SAY = 1000;
const MATCHES = 'matches ';

/**
 * The schema with the bounds, lengths and patterns of its arguments in their descriptions: several model APIs drop these
 * keywords, and the model then sees them only in a rejection.
 */
export function withRulesInWords(schema: JsonSchema): JsonSchema {
  const { properties } = schema;
  if (typeof properties !== 'object' || properties === null) return schema;
  const described = Object.entries(properties as Readonly<Record<string, unknown>>).map(([name, property]) => [
    name,
    typeof property === 'object' && property !== null ? describe(property as JsonSchema) : property,
  ]);
  return { ...schema, properties: Object.fromEntries(described) as Record<string, unknown> };
}

function describe(property: JsonSchema): JsonSchema {
  const { description } = property;
  const text = typeof description === 'string' ? description : '';
  const rules = rulesOf(property).filter((rule) => !isSaid(rule, text));
  if (rules.length === 0) return property;
  const words = `${rules.join('; ')}.`;
  const sentence = `${words[0]?.toUpperCase()}${words.slice(1)}`;
  return { ...property, description: text === '' ? sentence : `${text.replace(/\.?$/, '.')} ${sentence}` };
}

/** Whether the author of the description has given the pattern or the numbers of a rule already. */
function isSaid(rule: string, description: string): boolean {
  if (rule.startsWith(MATCHES)) return description.includes(rule.slice(MATCHES.length));
  const numbers = rule.match(/-?\d+(?:\.\d+)?/g) ?? [];
  return numbers.length > 0 && numbers.every((number) => description.includes(number));
}

export function rulesOf(property: JsonSchema): string[] {
  const { pattern, allOf } = property;
  const more = Array.isArray(allOf) ? (allOf as readonly JsonSchema[]).map((schema) => schema['pattern']) : [];
  return [
    numbersOf(property),
    typeof property['multipleOf'] === 'number' ? `a multiple of ${property['multipleOf']}` : undefined,
    lengthsOf(property, 'minLength', 'maxLength', 'character'),
    ...[pattern, ...more].map((each) => (typeof each === 'string' ? patternOf(each) : undefined)),
    lengthsOf(property, 'minItems', 'maxItems', 'item'),
  ].filter((rule) => rule !== undefined);
}

function numbersOf(property: JsonSchema): string | undefined {
  const min = bound(property['minimum']);
  const max = bound(property['maximum']);
  const above = bound(property['exclusiveMinimum']);
  const below = bound(property['exclusiveMaximum']);
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  const low = min === undefined ? above && `more than ${above}` : `at least ${min}`;
  const high = max === undefined ? below && `less than ${below}` : `at most ${max}`;
  return [low, high].filter((part) => part !== undefined).join(', ') || undefined;
}

/** Schema libraries give every integer the bounds that JavaScript has; they say nothing of the argument. */
function bound(value: unknown): string | undefined {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? String(value) : undefined;
}

function lengthsOf(property: JsonSchema, minKey: string, maxKey: string, unit: string): string | undefined {
  const { [minKey]: least, [maxKey]: most } = property;
  const min = typeof least === 'number' && least > 0 ? least : undefined;
  const max = typeof most === 'number' && most <= MAX_LENGTH_TO_SAY ? most : undefined;
  const units = (count: number): string => `${count} ${count === 1 ? unit : `${unit}s`}`;
  if (min !== undefined && max !== undefined) return min === max ? units(max) : `${min} to ${units(max)}`;
  if (max !== undefined) return `at most ${units(max)}`;
  return min === undefined ? undefined : `at least ${units(min)}`;
}

function patternOf(pattern: string): string | undefined {
  const words = patternInWords(pattern);
  if (words !== undefined) return words;
  return pattern.length <= MAX_PATTERN_LENGTH ? `${MATCHES}${pattern}` : undefined;
}
