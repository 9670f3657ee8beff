import { isObjectSchema } from './json-schema.ts';

/** Whether a value is seen to conform; `false` says nothing. */
export type Accepts = (value: unknown) => boolean;

type Members = Readonly<Record<string, unknown>>;

const everything: Accepts = () => true;
const nothing: Accepts = () => false;
const annotation = (): Accepts => everything;

const TYPES: ReadonlyMap<unknown, Accepts> = new Map<unknown, Accepts>([
  ['array', Array.isArray],
  ['boolean', (value) => typeof value === 'boolean'],
  ['integer', Number.isInteger],
  ['null', (value) => value === null],
  // JSON has numerals for which there is no finite number.
  ['number', Number.isFinite],
  ['object', isObjectSchema],
  ['string', (value) => typeof value === 'string'],
]);

/** Of each keyword whose values {@link isPlainJsonSchema} has seen. Those left out need a library, or say what a value must not be. */
const KEYWORDS: ReadonlyMap<string, (given: unknown) => Accepts> = new Map<string, (given: unknown) => Accepts>([
  ['$schema', annotation],
  ['title', annotation],
  ['description', annotation],
  ['default', annotation],
  ['examples', annotation],
  ['const', (given) => (given !== null && typeof given === 'object' ? nothing : (value) => value === given)],
  ['enum', (given) => inSet(new Set(given as readonly unknown[]))],
  ['type', (given) => some((Array.isArray(given) ? given : [given]).map((name) => TYPES.get(name) ?? nothing))],
  ['pattern', (given) => ofPattern(new RegExp(String(given), 'u'))],
  ['minLength', (given) => ofText((text) => text.length >= Number(given) && lengthOf(text) >= Number(given))],
  ['maxLength', (given) => ofText((text) => text.length <= Number(given) || lengthOf(text) <= Number(given))],
  ['minimum', (given) => ofNumber((value) => value >= Number(given))],
  ['maximum', (given) => ofNumber((value) => value <= Number(given))],
  ['exclusiveMinimum', (given) => ofNumber((value) => value > Number(given))],
  ['exclusiveMaximum', (given) => ofNumber((value) => value < Number(given))],
  ['minItems', (given) => ofList((list) => list.length >= Number(given))],
  ['maxItems', (given) => ofList((list) => list.length <= Number(given))],
  ['items', (given) => items(acceptanceOf(given))],
  ['minProperties', (given) => ofObject((object) => Object.keys(object).length >= Number(given))],
  ['maxProperties', (given) => ofObject((object) => Object.keys(object).length <= Number(given))],
  ['required', (given) => required(given as readonly string[])],
  ['properties', (given) => properties(Object.entries(given as Members))],
  ['anyOf', (given) => some((given as readonly unknown[]).map(acceptanceOf))],
  ['allOf', (given) => every((given as readonly unknown[]).map(acceptanceOf))],
]);

/**
 * Accepts what conforms to a plain JSON Schema, of the keywords that most schemas make do with. What it does not accept may conform all
 * the same: a validator decides then, and says what is wrong.
 */
export function acceptanceOf(schema: unknown): Accepts {
  if (!isObjectSchema(schema)) return schema === true ? everything : nothing;
  const { additionalProperties, ...keywords } = schema;
  const checks = Object.entries(keywords).map(([keyword, given]) => KEYWORDS.get(keyword)?.(given) ?? nothing);
  if (additionalProperties !== undefined) {
    checks.push(others(new Set(Object.keys(schema['properties'] ?? {})), acceptanceOf(additionalProperties)));
  }
  return checks.includes(nothing) ? nothing : every(checks.filter((check) => check !== everything));
}

function every(checks: readonly Accepts[]): Accepts {
  return (value) => {
    for (const accepts of checks) if (!accepts(value)) return false;
    return true;
  };
}

function some(checks: readonly Accepts[]): Accepts {
  const [only] = checks;
  return only !== undefined && checks.length === 1 ? only : (value) => checks.some((accepts) => accepts(value));
}

function ofText(accepts: (text: string) => boolean): Accepts {
  return (value) => typeof value !== 'string' || accepts(value);
}

function ofNumber(accepts: (value: number) => boolean): Accepts {
  return (value) => typeof value !== 'number' || accepts(value);
}

function ofList(accepts: (list: readonly unknown[]) => boolean): Accepts {
  return (value) => !Array.isArray(value) || accepts(value);
}

function ofObject(accepts: (object: Members) => boolean): Accepts {
  return (value) => !isObjectSchema(value) || accepts(value);
}

function inSet(allowed: ReadonlySet<unknown>): Accepts {
  return (value) => allowed.has(value);
}

function ofPattern(pattern: RegExp): Accepts {
  return ofText((text) => pattern.test(text));
}

/** In characters, as JSON Schema counts, not in units of UTF-16. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function items(accepts: Accepts): Accepts {
  return accepts === nothing ? nothing : ofList((list) => list.every(accepts));
}

function required(names: readonly string[]): Accepts {
  return ofObject((object) => names.every((name) => Object.hasOwn(object, name) && object[name] !== undefined));
}

function properties(schemas: readonly (readonly [string, unknown])[]): Accepts {
  const members = schemas.map(([name, schema]) => [name, acceptanceOf(schema)] as const);
  // Ajv passes over a property of this name.
  if (members.some(([name, accepts]) => name === '__proto__' || accepts === nothing)) return nothing;
  return ofObject((object) => {
    for (const [name, accepts] of members) if (object[name] !== undefined && !accepts(object[name])) return false;
    return true;
  });
}

/** Every property that is not among the names. */
function others(names: ReadonlySet<string>, accepts: Accepts): Accepts {
  if (accepts === everything) return everything;
  return ofObject((object) => {
    for (const name in object) if (!names.has(name) && !accepts(object[name])) return false;
    return true;
  });
}
