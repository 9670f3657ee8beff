/** A module whose texts are hostile, and which throws whatever JavaScript can throw. */
import { defineTool, fromJsonSchema } from '@mcp/server';
import { hostileText, secret, thrown, throwIn } from './hostile-values.ts';

const which = fromJsonSchema({
  type: 'object',
  properties: { which: { type: 'string' }, where: { type: 'string' } },
  required: ['which'],
  additionalProperties: false,
});
const nothing = fromJsonSchema({ type: 'object', additionalProperties: false });

export const tools = [
  defineTool({
    name: 'says',
    description: 'Prints hostile text everywhere',
    input: nothing,
    run(_, { log, reportProgress }) {
      log.warn(hostileText, { field: hostileText, [hostileText]: 1 });
      reportProgress({ progress: 1, message: hostileText });
      return hostileText;
    },
  }),
  defineTool({
    name: 'answers',
    description: 'Structured content with hostile text',
    input: nothing,
    output: fromJsonSchema({ type: 'object' }),
    run: () => ({ text: hostileText, [hostileText]: [hostileText] }),
  }),
  defineTool({
    name: 'refuses',
    description: 'Fails with hostile text',
    input: nothing,
    async run() {
      const { ToolError } = await import('@mcp/server');
      throw new ToolError('unavailable', hostileText, { suggestion: hostileText, cause: thrown.properties() });
    },
  }),
  defineTool({
    name: 'throws',
    description: 'Throws',
    input: which,
    circuitBreaker: { failureTypes: [] },
    run: ({ which: name, where }, context) => throwIn(where ?? 'run', thrown[name], context),
  }),
  ...Object.keys(thrown).map((name) =>
    defineTool({
      name: `schema_${name}`,
      description: 'Its schema throws',
      input: {
        '~standard': {
          version: 1,
          vendor: 'hostile',
          validate() {
            throw thrown[name]();
          },
          jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
        },
      },
      run: () => 'never',
    }),
  ),
];

export const prompts = [
  {
    name: 'says_prompt',
    description: 'Hostile text',
    arguments: [{ name: 'word', complete: () => [hostileText] }],
    render: () => hostileText,
  },
  {
    name: 'throws_prompt',
    description: 'Throws',
    arguments: [
      {
        name: 'which',
        complete(typed) {
          throw thrown[typed]();
        },
      },
    ],
    render({ which: name }) {
      throw thrown[name]();
    },
  },
];

export const resources = [
  { uri: 'hostile://says', name: 'says', mimeType: 'text/plain', read: () => hostileText },
  {
    uri: 'hostile://contents',
    name: 'contents',
    read: () => [{ uri: `hostile://contents/${hostileText}`, mimeType: hostileText, text: hostileText }],
  },
  {
    uriTemplate: 'hostile://throws/{which}',
    name: 'throws',
    read({ which: name }) {
      throw thrown[name]();
    },
    values(variable) {
      if (variable === 'which') throw thrown.properties();
      return [];
    },
  },
];

export { secret };
