import type { TextArgument } from './parse-call.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The arguments of a call from what was typed. A text becomes a number, a truth value, a list or an object where the schema of
 * the argument says so; a text that does not fit stays as it is, and the tool says what it expects.
 *
 * @param schema the input schema of the tool
 * @throws {Error} in one sentence when the tool has no such argument, or an argument has no value
 */
export function toolArguments(tool: string, schema: Schema, typed: readonly TextArgument[]): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const values = new Map<string, unknown[]>();
  for (const { name, value } of typed) {
    const property = propertyNamed(name, properties);
    if (property === undefined) throw new Error(unknownArgument(tool, name, Object.keys(properties)));
    const schemaOfValue = properties[property] ?? {};
    if (value === undefined && typeOf(schemaOfValue) !== 'boolean') throw new Error(`--${name} needs a value.`);
    const list = values.get(property) ?? [];
    const type = typeOf(schemaOfValue);
    if (list.length > 0 && type !== undefined && type !== 'array') {
      throw new Error(`--${name} is given more than once, and takes one value.`);
    }
    list.push(...converted(value ?? 'true', schemaOfValue));
    values.set(property, list);
  }
  return Object.fromEntries(
    [...values].map(([name, list]) => [
      name,
      list.length > 1 || typeOf(properties[name] ?? {}) === 'array' ? list : list[0],
    ]),
  );
}

/** The argument by its name, also in kebab-case: `--extra-args` is `extraArgs`. */
function propertyNamed(name: string, properties: Readonly<Record<string, Schema>>): string | undefined {
  if (Object.hasOwn(properties, name)) return name;
  const plain = (text: string): string => text.replaceAll(/[-_]/gu, '').toLowerCase();
  const same = Object.keys(properties).filter((property) => plain(property) === plain(name));
  return same.length === 1 ? same[0] : undefined;
}

/** One value; for an argument that is a list, its members. */
function converted(text: string, schema: Schema): unknown[] {
  switch (typeOf(schema)) {
    case 'integer':
    case 'number':
      return [text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)];
    case 'boolean':
      return [text === 'true' ? true : text === 'false' ? false : text];
    case 'array': {
      const whole = text.startsWith('[') ? parsed(text) : undefined;
      return Array.isArray(whole) ? whole : converted(text, (schema['items'] ?? {}) as Schema);
    }
    case 'object':
      return [parsed(text) ?? text];
    default:
      return [text];
  }
}

/** The type that the schema names first, `null` aside. */
function typeOf(schema: Schema): unknown {
  const { type } = schema;
  return Array.isArray(type) ? type.find((member) => member !== 'null') : type;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unknownArgument(tool: string, name: string, names: readonly string[]): string {
  const known = names.length === 0 ? 'It takes none' : `It takes ${names.map((one) => `--${one}`).join(', ')}`;
  return `${tool} has no argument --${name}. ${known}.`;
}
