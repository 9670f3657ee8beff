/**
 * Schemas for tools without a schema library. Ajv is loaded, and the meta-schema compiled, by the first schema that is not valid at a
 * glance, or else by the first value that is not seen to conform: the two take as long as the rest of a start.
 */

import { createRequire } from 'node:module';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { Ajv, ErrorObject, Options } from 'ajv';
import type { JsonSchema } from './json-schema.ts';
import { acceptanceOf, type Accepts } from './plain-acceptance.ts';
import { isPlainJsonSchema } from './plain-json-schema.ts';

/** A Standard Schema that can also describe itself as JSON Schema. */
export interface JsonStandardSchema<T> {
  readonly '~standard': StandardSchemaV1.Props<T, T> & StandardJSONSchemaV1.Props<T, T>;
}

/** `strict` would refuse keywords that JSON Schema tells validators to ignore. */
const OPTIONS: Options = { strict: false, allErrors: true, addUsedSchema: false, logger: false, validateSchema: false };
const OLDER_DRAFT = /draft-0[67]/;

const validators = new Map<'ajv' | 'ajv/dist/2020.js', Ajv>();

/**
 * Makes an input or output schema of plain JSON Schema (2020-12; draft-06 and draft-07 where `$schema` says so). `T` is what the
 * author says it describes. `format` is checked, defaults are not filled in.
 * @throws {TypeError} for an invalid JSON Schema
 */
export function fromJsonSchema<T = Record<string, unknown>>(schema: JsonSchema): JsonStandardSchema<T> {
  const isPlain = isPlainJsonSchema(schema);
  let validate = isPlain ? undefined : checkedValidator(schema);
  let accepts: Accepts | undefined;
  return {
    '~standard': {
      version: 1,
      vendor: 'json-schema',
      jsonSchema: { input: () => schema, output: () => schema },
      validate: (value) => {
        if (isPlain && (accepts ??= acceptanceOf(schema))(value)) return { value: value as T };
        validate ??= validatorFor(schema).compile(schema);
        return validate(value) ? { value: value as T } : { issues: (validate.errors ?? []).map(issueOf) };
      },
    },
  };
}

function checkedValidator(schema: JsonSchema): ReturnType<Ajv['compile']> {
  const validator = validatorFor(schema);
  let place = '';
  try {
    if (validator.validateSchema(schema) === true) return validator.compile(schema);
    const [wrong] = validator.errors ?? [];
    place = wrong ? ` at ${placeOf(wrong)}` : '';
  } catch (cause) {
    throw invalid('', cause);
  }
  throw invalid(place);
}

function invalid(place: string, cause?: unknown): TypeError {
  return new TypeError(`The JSON Schema is not valid${place}. ${WHAT_IS_VALID}`, { cause });
}

const WHAT_IS_VALID =
  'Check the names of types, that $ref points to a part of the same schema such as #/$defs/name, and that patterns are regular expressions.';

/** Such as `properties.host.type`. */
function placeOf({ instancePath }: ErrorObject): string {
  return instancePath.slice(1).replaceAll('/', '.') || 'its top level';
}

function validatorFor({ $schema }: JsonSchema): Ajv {
  const older = typeof $schema === 'string' && OLDER_DRAFT.test($schema);
  const name = older ? 'ajv' : 'ajv/dist/2020.js';
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
