import type { JsonSchema } from '@mcp/tool-base';
import { fromJsonSchema as fromTypedJsonSchema, type StandardSchemaWithJSON } from '@modelcontextprotocol/server';

/**
 * Makes an input or output schema of plain JSON Schema (2020-12), for a module that uses no schema library. `T` is what
 * the author says it describes.
 */
export function fromJsonSchema<T = Record<string, unknown>>(schema: JsonSchema): StandardSchemaWithJSON<T, T> {
  return fromTypedJsonSchema<T>(schema);
}
