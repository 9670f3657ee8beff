import { readFileSync } from 'node:fs';

import { jsonSchemaOf, renderReference } from '@mcp/config';
import { expect, test } from 'vitest';

import { serverConfigDefinition } from './server-definition.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The formatter pads tables; the words are what counts. */
const words = (text: string): string => text.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ').trim();

test('docs/configuration.md is up to date (else run: pnpm --filter @mcp/server generate)', () => {
  expect(words(read('../../../../docs/configuration.md'))).toBe(words(renderReference(serverConfigDefinition)));
});

test('the JSON Schema for editors is up to date (else run: pnpm --filter @mcp/server generate)', () => {
  const schema: unknown = JSON.parse(read('../../schema/server-config.schema.json'));
  expect(schema).toEqual(JSON.parse(JSON.stringify(jsonSchemaOf(serverConfigDefinition))));
});

test('the JSON Schema has every key with its description', () => {
  const schema = jsonSchemaOf(serverConfigDefinition);
  for (const { path, field } of serverConfigDefinition.leaves) {
    let at = schema as { properties?: Record<string, never>; description?: string };
    for (const key of path) at = at.properties?.[key] ?? {};
    expect(at.description).toContain(field.doc);
  }
});
