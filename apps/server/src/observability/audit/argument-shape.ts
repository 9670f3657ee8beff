import { cleanText } from './clean-text.ts';

const MAX_ARGUMENTS = 32;
const MAX_TEXT = 4096;

/**
 * What kind of thing each argument was and how large, without what it said: `string(9)` in characters, `array(3)` in items,
 * `object(2)` in keys. At most 32 arguments; a call with more has one named `...` with the number left out.
 */
export function argumentShape(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { '': kind(value) };
  const entries = Object.entries(value);
  const shape: Record<string, string> = new Shape();
  for (const [name, argument] of entries.slice(0, MAX_ARGUMENTS)) shape[cleanText(name, 64)] = kind(argument);
  if (entries.length > MAX_ARGUMENTS) shape['...'] = String(entries.length - MAX_ARGUMENTS);
  return shape;
}

/**
 * Inherits from nothing that has members, so a name such as __proto__ is a name like any other here. Made by a constructor,
 * since an `Object.create(null)` is a hash table to V8, of which ten thousand would be kept.
 */
class Shape {
  [name: string]: string;
}
Object.setPrototypeOf(Shape.prototype, null);

function kind(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return stringOf(value.length);
  if (Array.isArray(value)) return `array(${value.length})`;
  if (typeof value === 'object') return `object(${Object.keys(value).length})`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const SHARED_LENGTHS = 1024;
const shared: string[] = [];

/** Thousands of entries are kept, most with texts of few lengths. */
function stringOf(length: number): string {
  if (length >= SHARED_LENGTHS) return `string(${length})`;
  return (shared[length] ??= `string(${length})`);
}

/** The arguments as JSON, cut to 4096 characters. */
export function argumentText(value: unknown): string {
  try {
    return cleanText(JSON.stringify(value) ?? '', MAX_TEXT);
  } catch {
    return '';
  }
}
