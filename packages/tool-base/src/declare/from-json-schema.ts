/** Schemas for tools without a schema library. The validator, Ajv, is loaded by the first use. */

import { createRequire } from 'node:module';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { Ajv, ErrorObject, Options } from 'ajv';
import type { JsonSchema } from './json-schema.ts';

/** A Standard Schema that can also describe itself as JSON Schema. */
export interface JsonStandardSchema<T> {
  readonly '~standard': StandardSchemaV1.Props<T, T> & StandardJSONSchemaV1.Props<T, T>;
}

/** `strict` would refuse keywords that JSON Schema tells validators to ignore. */
const OPTIONS: Options = { strict: false, allErrors: true, addUsedSchema: false, logger: false };
const OLDER_DRAFT = /draft-0[67]/;

const validators = new Map<'ajv' | 'ajv/dist/2020.js', Ajv>();

/**
 * Makes an input or output schema of plain JSON Schema (2020-12; draft-06 and draft-07 where `$schema` says so). `T` is what the
 * author says it describes. `format` is checked, defaults are not filled in.
 * @throws {TypeError} for an invalid JSON Schema
 */
export function fromJsonSchema<T = Record<string, unknown>>(schema: JsonSchema): JsonStandardSchema<T> {
  const validate = compile(schema);
  return {
    '~standard': {
      version: 1,
      vendor: 'json-schema',
      jsonSchema: { input: () => schema, output: () => schema },
      validate: (value) =>
        validate(value) === true ? { value: value as T } : { issues: (validate.errors ?? []).map(issueOf) },
    },
  };
}

function compile(schema: JsonSchema): ReturnType<Ajv['compile']> {
  const { $schema } = schema;
  const older = typeof $schema === 'string' && OLDER_DRAFT.test($schema);
  const validator = validatorFor(older ? 'ajv' : 'ajv/dist/2020.js');
  try {
    return validator.compile(schema);
  } catch (cause) {
    const [wrong] = (validator.validateSchema(schema) === false && validator.errors) || [];
    throw new TypeError(`The JSON Schema is not valid${wrong ? ` at ${placeOf(wrong)}` : ''}. ${WHAT_IS_VALID}`, {
      cause,
    });
  }
}

const WHAT_IS_VALID =
  'Check the names of types, that $ref points to a part of the same schema such as #/$defs/name, and that patterns are regular expressions.';

/** Such as `properties.host.type`. */
function placeOf({ instancePath }: ErrorObject): string {
  return instancePath.slice(1).replaceAll('/', '.') || 'its top level';
}

function validatorFor(name: 'ajv' | 'ajv/dist/2020.js'): Ajv {
  const existing = validators.get(name);
  if (existing !== undefined) return existing;
  const require = createRequire(import.meta.url);
  const { default: Validator } = require(name) as { readonly default: new (options: Options) => Ajv };
  const { default: addFormats } = require('ajv-formats') as { readonly default: (validator: Ajv) => void };
  const validator = new Validator(OPTIONS);
  addFormats(validator);
  validators.set(name, validator);
  return validator;
}

/** The values that are allowed belong into the message, since a model reads it. */
function issueOf({ instancePath, keyword, message = 'is not valid', params }: ErrorObject): StandardSchemaV1.Issue {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const { allowedValues, additionalProperty } = params as Readonly<Record<string, unknown>>;
  if (keyword === 'enum' && Array.isArray(allowedValues)) {
    return { path, message: `must be one of ${allowedValues.map((value) => JSON.stringify(value)).join(', ')}` };
  }
  if (typeof additionalProperty === 'string') {
    return { path, message: `must not have the property ${JSON.stringify(additionalProperty)}` };
  }
  return { path, message };
}
