import type { JsonSchema } from '@mcp/tool-base';
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
// By its own address: the SDK's `fromJsonSchema` would bring the whole of the SDK into every server that has such a module.
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';

let validator: AjvJsonSchemaValidator | undefined;

/**
 * Makes an input or output schema of plain JSON Schema (2020-12), for a module that uses no schema library. `T` is what
 * the author says it describes.
 */
export function fromJsonSchema<T = Record<string, unknown>>(schema: JsonSchema): StandardSchemaWithJSON<T, T> {
  validator ??= new AjvJsonSchemaValidator();
  const check = validator.getValidator<T>(schema);
  return {
    '~standard': {
      version: 1,
      vendor: 'mcp-server',
      jsonSchema: { input: () => schema, output: () => schema },
      validate: (value) => {
        const { valid, data, errorMessage } = check(value);
        return valid ? { value: data } : { issues: [{ message: errorMessage }] };
      },
    },
  };
}
