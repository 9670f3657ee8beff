import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

import { openApiDocument } from './openapi.ts';
import type { Route } from '../routing/route.ts';

const handle: Route['handle'] = () => new Response();
const route = (parts: Partial<Route>): Route => ({
  method: 'GET',
  path: '/things',
  scope: 'tools:read',
  operation: 'things',
  summary: 'Things',
  responses: { 200: { description: 'The things' } },
  handle,
  ...parts,
});

const operation = (document: Record<string, unknown>, path: string, method: string): Record<string, unknown> =>
  (document['paths'] as Record<string, Record<string, Record<string, unknown>>>)[path]![method]!;

describe('the OpenAPI description', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const body = v.strictObject({ count: v.optional(v.number(), 1) });
    const routes = [
      route({}),
      route({ method: 'POST', path: '/things/:name', operation: 'make', body }),
      route({ path: '/open', operation: 'open', scope: 'open', query: { limit: 'how many' } }),
    ];
    const result = await new Validator().validate(structuredClone(openApiDocument(routes)));
    expect(result).toMatchObject({ valid: true });
  });

  test('names the scope of a route; an open route has no security requirement', () => {
    const document = openApiDocument([route({}), route({ path: '/open', operation: 'open', scope: 'open' })]);
    expect(operation(document, '/things', 'get')).toMatchObject({
      security: [{ bearer: [] }],
      description: 'Needs the scope `tools:read`.',
    });
    expect(operation(document, '/open', 'get')['security']).toEqual([]);
  });

  test('path parameters are in braces', () => {
    const document = openApiDocument([route({ path: '/things/:name' })]);
    expect(operation(document, '/things/{name}', 'get')['parameters']).toEqual([
      { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
    ]);
  });

  test('every error is a problem', () => {
    const document = openApiDocument([route({})]);
    expect(operation(document, '/things', 'get')['responses']).toMatchObject({
      401: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    });
  });
});
