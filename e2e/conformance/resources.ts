import { defineResource, type ResourceDefinition } from '@mcp/server';

import { redPixelPng } from './sample-media.ts';

export const resources: readonly ResourceDefinition[] = [
  defineResource({
    uri: 'test://static-text',
    name: 'static_text',
    description: 'A text that never changes',
    mimeType: 'text/plain',
    read: () => 'This is the content of the static text resource.',
  }),
  defineResource({
    uri: 'test://static-binary',
    name: 'static_binary',
    description: 'An image that never changes',
    mimeType: 'image/png',
    read: () => Buffer.from(redPixelPng, 'base64'),
  }),
  defineResource({
    uri: 'test://watched-resource',
    name: 'watched',
    description: 'A text to subscribe to',
    mimeType: 'text/plain',
    read: () => 'Watched resource content',
  }),
  defineResource({
    uriTemplate: 'test://template/{id}/data',
    name: 'template',
    description: 'Repeats a part of its address',
    mimeType: 'application/json',
    read: ({ id = '' }) => JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
  }),
];
