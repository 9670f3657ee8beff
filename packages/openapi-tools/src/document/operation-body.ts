/** The request body of one operation: its media type, its schema, and how it is written. */

import { dereference, isObject, resolveReference, type JsonObject } from './json-pointer.ts';
import type { ConvertedSchema } from './convert-schema.ts';
import { chooseMedia, type BodyKind } from './body-media.ts';
import { withFiles } from './file-arguments.ts';
import { closedProperties, type SchemaSet } from './schema-set.ts';
import { withhold } from './withheld.ts';

/** Of the types that are not supported. */
const SHOWN_TYPES = 5;

export interface OperationBody {
  readonly kind: BodyKind;
  readonly mediaType: string;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly schema: ConvertedSchema;
  /** Names of properties that are files. */
  readonly files: ReadonlySet<string>;
  /** `encoding` of forms: style, explode, contentType of a property. */
  readonly encoding: Readonly<Record<string, JsonObject>>;
}

/** @returns undefined for an operation without a body. @throws {WithheldError} for one whose body cannot be written */
export function bodyOf(document: JsonObject, operation: JsonObject, schemas: SchemaSet): OperationBody | undefined {
  const body = dereference(document, operation['requestBody']);
  if (body === undefined) return undefined;
  if (!isObject(body) || !isObject(body['content'])) return withhold('Its request body has no content.');
  const chosen = chooseMedia(document, body['content']);
  if (chosen === undefined) {
    const types = Object.keys(body['content']);
    const shown = types.slice(0, SHOWN_TYPES).join(', ') || 'of no type';
    const more = types.length > SHOWN_TYPES ? ` and ${types.length - SHOWN_TYPES} more` : '';
    return withhold(`Its request body is ${shown}${more}, which is not supported.`);
  }
  const { kind, mediaType, media } = chosen;
  const { schema, files } = schemaOf(document, media['schema'], kind, schemas);
  return {
    kind,
    mediaType,
    required: body['required'] === true,
    description: typeof body['description'] === 'string' ? body['description'] : undefined,
    schema,
    files,
    encoding: isObject(media['encoding']) ? (media['encoding'] as Record<string, JsonObject>) : {},
  };
}

const BINARY: ConvertedSchema = {
  schema: { type: 'string', contentEncoding: 'base64', description: 'The content in base64' },
  references: new Set(),
  inPlace: new Set(),
  subschemas: 1,
  bytes: 100,
};
const TEXT: ConvertedSchema = { ...BINARY, schema: { type: 'string' } };
const NO_FILES: ReadonlySet<string> = new Set();

function schemaOf(
  document: JsonObject,
  schema: unknown,
  kind: BodyKind,
  schemas: SchemaSet,
): { readonly schema: ConvertedSchema; readonly files: ReadonlySet<string> } {
  if (kind === 'binary') return { schema: BINARY, files: NO_FILES };
  if (kind === 'text') return { schema: schema === undefined ? TEXT : schemas.convert(schema), files: NO_FILES };
  if (kind !== 'multipart') return { schema: withoutReference(document, schema ?? {}, schemas), files: NO_FILES };
  const { schema: described, files } = withFiles(document, schema ?? { type: 'object' });
  return { schema: schemas.convert(described), files };
}

/** A closed object that stands behind a reference is the object, so that its properties can be arguments. */
function withoutReference(document: JsonObject, schema: unknown, schemas: SchemaSet): ConvertedSchema {
  const converted = schemas.convert(schema);
  if (!isObject(schema) || !('$ref' in schema)) return converted;
  const { value, reference } = resolveReference(document, schema['$ref']);
  const behind = schemas.convert(value, reference);
  return closedProperties(behind.schema) === undefined ? converted : behind;
}
