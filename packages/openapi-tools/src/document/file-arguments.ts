/** Files in forms: where the document says that a property is binary, a caller gives its content in base64. */

import { ToolError } from '@mcp/tool-base';
import { dereference, isObject, type JsonObject } from './json-pointer.ts';

const FILE_SCHEMA: JsonObject = {
  type: 'object',
  description: 'A file',
  properties: {
    data: { type: 'string', contentEncoding: 'base64', description: 'Its content in base64' },
    name: { type: 'string', description: 'Its file name', default: 'file' },
    type: { type: 'string', description: 'Its media type', default: 'application/octet-stream' },
  },
  required: ['data'],
  additionalProperties: false,
};

export interface FormSchema {
  readonly schema: unknown;
  readonly files: ReadonlySet<string>;
}

/** A form's schema in which each file is an object of data, name and type. */
export function withFiles(document: JsonObject, given: unknown): FormSchema {
  const schema = dereference(document, given);
  const files = new Set<string>();
  if (!isObject(schema) || !isObject(schema['properties'])) return { schema: given, files };
  const properties = Object.entries(schema['properties']).map(([name, property]) => {
    const resolved = dereference(document, property);
    const item =
      isObject(resolved) && resolved['type'] === 'array' ? dereference(document, resolved['items']) : undefined;
    if (isBinary(resolved)) files.add(name);
    else if (isBinary(item)) files.add(name);
    else return [name, property] as const;
    return [name, item === undefined ? FILE_SCHEMA : { type: 'array', items: FILE_SCHEMA }] as const;
  });
  return files.size === 0
    ? { schema: given, files }
    : { schema: { ...schema, properties: Object.fromEntries(properties) }, files };
}

function isBinary(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  if (schema['type'] === 'string' && (schema['format'] === 'binary' || schema['format'] === 'base64')) return true;
  return (
    schema['contentMediaType'] !== undefined && schema['contentEncoding'] === undefined && schema['type'] === undefined
  );
}

/** @throws {ToolError} `validation_error` for text that is not base64 */
export function readBase64(name: string, text: string): Buffer {
  if (/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return Buffer.from(text, 'base64');
  throw new ToolError('validation_error', `${name} is not base64.`, { suggestion: 'Give the content in base64.' });
}
