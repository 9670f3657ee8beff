import { fromJsonSchema } from '@mcp/server';

export const noArguments = fromJsonSchema<Record<string, never>>({ type: 'object', additionalProperties: false });
