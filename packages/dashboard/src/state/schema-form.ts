/** One field of a form for the input of a tool. */
export interface FormField {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly control: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  /** Of a `choice` or a `boolean`. */
  readonly choices: readonly string[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly maxLength: number | undefined;
  /** Shown in an empty field. */
  readonly placeholder: string;
}

type Json = Readonly<Record<string, unknown>>;

/** The fields of the properties of a JSON Schema. What has no simple control of its own is entered as JSON. */
export function formFields(schema: object): FormField[] {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => {
    const choices = choicesOf(property);
    return {
      name,
      description: typeof property['description'] === 'string' ? property['description'] : '',
      required: required.includes(name),
      control: controlOf(property, choices),
      choices,
      minimum: numberOf(property['minimum']),
      maximum: numberOf(property['maximum']),
      maxLength: numberOf(property['maxLength']),
      placeholder: property['default'] === undefined ? '' : `default ${JSON.stringify(property['default'])}`,
    };
  });
}

/**
 * The arguments of a call from the texts of the form. An empty field that is not required is
 * left out.
 * @throws {SyntaxError} that names the field whose text is not a number or not JSON
 */
export function formArguments(
  fields: readonly FormField[],
  texts: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const text = texts.get(field.name) ?? '';
    if (text === '' && (field.control !== 'text' || !field.required)) continue;
    values[field.name] = valueOf(field, text);
  }
  return values;
}

function valueOf({ name, control }: FormField, text: string): unknown {
  switch (control) {
    case 'text':
    case 'choice':
      return text;
    case 'boolean':
      return text === 'true';
    case 'number':
    case 'integer': {
      const value = Number(text);
      if (Number.isNaN(value)) throw new SyntaxError(`${name} must be a number.`);
      return value;
    }
    case 'json':
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new SyntaxError(`${name} must be JSON, for example ["a", "b"] for a list.`);
      }
  }
}

function choicesOf({ enum: allowed, type }: Json): string[] {
  if (type === 'boolean') return ['true', 'false'];
  return Array.isArray(allowed) ? allowed.filter((each) => typeof each === 'string') : [];
}

function controlOf({ type }: Json, choices: readonly string[]): FormField['control'] {
  // A type with null stands for an optional argument.
  const types = [type].flat().filter((each) => each !== 'null');
  if (types[0] === 'boolean') return 'boolean';
  if (choices.length > 0) return 'choice';
  if (types.length !== 1) return 'json';
  switch (types[0]) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'integer':
      return 'integer';
    default:
      return 'json';
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
