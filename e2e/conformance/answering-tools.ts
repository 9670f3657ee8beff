/** Tools that return every kind of content, an error, log messages, progress, and various schemas. */
import { setTimeout as sleep } from 'node:timers/promises';

import { defineTool, fromJsonSchema, toolContent, ToolError } from '@mcp/server';
import type { ToolDefinition } from '@mcp/tool-base';

import { noArguments } from './no-arguments.ts';
import { redPixelPng, silenceWav } from './sample-media.ts';

export const answeringTools: readonly ToolDefinition[] = [
  defineTool({
    name: 'test_simple_text',
    description: 'Answers with one text',
    input: noArguments,
    run: () => 'This is a simple text response for testing.',
  }),
  defineTool({
    name: 'test_image_content',
    description: 'Answers with an image',
    input: noArguments,
    run: () => toolContent({ content: [{ type: 'image', data: redPixelPng, mimeType: 'image/png' }] }),
  }),
  defineTool({
    name: 'test_audio_content',
    description: 'Answers with a sound',
    input: noArguments,
    run: () => toolContent({ content: [{ type: 'audio', data: silenceWav, mimeType: 'audio/wav' }] }),
  }),
  defineTool({
    name: 'test_embedded_resource',
    description: 'Answers with a resource',
    input: noArguments,
    run: () =>
      toolContent({
        content: [
          {
            type: 'resource',
            resource: {
              uri: 'test://embedded-resource',
              mimeType: 'text/plain',
              text: 'This is an embedded resource content.',
            },
          },
        ],
      }),
  }),
  defineTool({
    name: 'test_multiple_content_types',
    description: 'Answers with a text, an image and a resource',
    input: noArguments,
    run: () =>
      toolContent({
        content: [
          { type: 'text', text: 'Multiple content types test:' },
          { type: 'image', data: redPixelPng, mimeType: 'image/png' },
          {
            type: 'resource',
            resource: {
              uri: 'test://mixed-content-resource',
              mimeType: 'application/json',
              text: JSON.stringify({ test: 'data', value: 123 }),
            },
          },
        ],
      }),
  }),
  defineTool({
    name: 'test_error_handling',
    description: 'Always fails',
    input: noArguments,
    run: () => {
      throw new ToolError('tool_error', 'This tool intentionally returns an error for testing.');
    },
  }),
  defineTool({
    name: 'test_tool_with_logging',
    description: 'Logs three messages while it runs',
    input: noArguments,
    async run(_, { log }) {
      log.info('Tool execution started');
      await sleep(50);
      log.info('Tool processing data');
      await sleep(50);
      log.info('Tool execution completed');
      return 'Three messages were logged.';
    },
  }),
  defineTool({
    name: 'test_logging_tool',
    description: 'Logs one message',
    input: noArguments,
    run(_, { log }) {
      log.info('This reaches only a client that asked for log messages.');
      return 'One message was logged.';
    },
  }),
  defineTool({
    name: 'test_tool_with_progress',
    description: 'Reports its progress three times',
    input: noArguments,
    async run(_, { reportProgress }) {
      for (const progress of [0, 50, 100]) {
        reportProgress({ progress, total: 100 });
        if (progress < 100) await sleep(50);
      }
      return 'Progress was reported.';
    },
  }),
  defineTool({
    name: 'test_streaming_elicitation',
    description: 'Answers at once, over a stream that carries nothing else',
    input: noArguments,
    run: () => 'Nothing was asked.',
  }),
  defineTool({
    name: 'test_x_mcp_header',
    description: 'Has an argument that clients repeat in an HTTP header',
    input: fromJsonSchema<{ region?: string; level?: number }>({
      type: 'object',
      properties: {
        region: { type: 'string', description: 'Repeated in Mcp-Param-Region', 'x-mcp-header': 'Region' },
        level: { type: 'integer', description: 'Not repeated' },
      },
      additionalProperties: false,
    }),
    run: ({ region }) => `The region is ${region ?? 'not given'}.`,
  }),
  {
    ...defineTool({
      name: 'json_schema_2020_12_tool',
      description: 'Has an input schema that uses what JSON Schema 2020-12 added',
      input: fromJsonSchema({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        $defs: {
          address: {
            $anchor: 'addressDef',
            type: 'object',
            properties: { street: { type: 'string' }, city: { type: 'string' } },
          },
        },
        properties: {
          name: { type: 'string' },
          address: { $ref: '#/$defs/address' },
          contactMethod: { type: 'string', enum: ['phone', 'email'] },
          phone: { type: 'string' },
          email: { type: 'string' },
        },
        allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
        if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
        // oxlint-disable-next-line no-thenable -- the JSON Schema keyword, in data that is not awaited
        then: { required: ['phone'] },
        else: { required: ['email'] },
        additionalProperties: false,
      }),
      run: () => 'The arguments fit the schema.',
    }),
    // Else the key $schema would be left out: some model APIs reject it.
    verbatimSchemas: true,
  },
];
