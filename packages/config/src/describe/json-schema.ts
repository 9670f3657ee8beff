import type { ConfigDefinition } from '../fields/definition.ts';
import type { AnyField, GroupField, JsonSchema } from '../fields/field.ts';

/** JSON Schema (2020-12) of the configuration file, for completion and checks in editors. */
export function jsonSchemaOf<T>(definition: ConfigDefinition<T>): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: definition.title,
    ...objectSchema(definition.fields),
  };
}

function schemaOf(field: AnyField): JsonSchema {
  const schema = { description: descriptionOf(field), ...defaultOf(field), ...shapeOf(field) };
  return field.nullable ? { description: schema.description, anyOf: [shapeOf(field), { type: 'null' }] } : schema;
}

function descriptionOf({ doc, fallback, reload }: AnyField): string {
  const computed = fallback?.kind === 'computed' ? ` Default: ${fallback.doc}.` : '';
  return `${doc}${computed}${reload === 'restart' ? ' A change needs a restart.' : ''}`;
}

function defaultOf({ fallback }: AnyField): JsonSchema {
  return fallback?.kind === 'value' ? { default: fallback.value } : {};
}

function shapeOf(field: AnyField): JsonSchema {
  switch (field.kind) {
    case 'scalar':
      return field.jsonSchema;
    case 'list':
      return {
        type: 'array',
        items: schemaOf(field.item),
        ...(field.minItems > 0 ? { minItems: field.minItems } : {}),
        maxItems: field.maxItems,
        ...(field.unique === true ? { uniqueItems: true } : {}),
      };
    case 'map':
      return {
        type: 'object',
        propertyNames: { pattern: field.keyPattern.source },
        additionalProperties: schemaOf(field.value),
        maxProperties: field.maxEntries,
      };
    case 'group':
      return objectSchema(field.fields);
    case 'variant':
      return {
        anyOf: [
          ...(field.words.length > 0 ? [{ enum: field.words }] : []),
          ...Object.entries(field.cases).map(([name, shape]) => caseSchema(field.tag, name, shape)),
        ],
      };
  }
}

function objectSchema(fields: Readonly<Record<string, AnyField>>): JsonSchema {
  const required = Object.keys(fields).filter((name) => isRequired(fields[name] as AnyField));
  const properties = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]));
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}

function isRequired(field: AnyField): boolean {
  if (field.optional || field.fallback !== undefined) return false;
  return field.kind !== 'group' || Object.values(field.fields).some(isRequired);
}

function caseSchema(tag: string, name: string, shape: GroupField): JsonSchema {
  const schema = objectSchema(shape.fields) as { properties: object; required?: readonly string[] };
  return {
    description: shape.doc,
    ...schema,
    properties: { [tag]: { const: name }, ...schema.properties },
    required: [tag, ...(schema.required ?? [])],
  };
}
