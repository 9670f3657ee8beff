import type { JsonSchema } from '../declare/json-schema.ts';
import type { CommandToolSpec } from './command-spec.ts';

/**
 * The structured content of a run, where the output has a structure. Text has none: it is in the content, and exit code and times are
 * in the metadata of the result.
 */
export function commandOutputJsonSchema(spec: CommandToolSpec): JsonSchema | undefined {
  const text = { type: 'string' };
  const exitCode = { type: ['integer', 'null'], description: 'null when the program was ended by a signal' };
  const beside = { meaning: { ...text, description: 'What the exit code means' }, stderr: text };
  switch (spec.output ?? 'text') {
    case 'text':
      return undefined;
    case 'lines': {
      const lines = { type: 'array', items: text };
      const truncated = { type: 'boolean', description: 'Whether lines are left out' };
      return {
        type: 'object',
        properties: { exitCode, lines, truncated, ...beside },
        required: ['exitCode', 'lines', 'truncated'],
      };
    }
    case 'json':
      // No data for an exit code that is an answer by itself.
      return {
        type: 'object',
        properties: { exitCode, data: spec.outputJsonSchema ?? {}, ...beside },
        required: ['exitCode'],
      };
  }
}
