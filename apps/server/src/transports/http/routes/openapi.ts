/** Builds the OpenAPI 3.1 description from the same list of routes as the router. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';

import { version } from '../../../foundation/version.ts';
import type { Route, RouteResponse, UnroutedRoute } from '../routing/route.ts';

type Json = Record<string, unknown>;

export function openApiDocument(routes: readonly (Route | UnroutedRoute)[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(?<name>\w+)/gu, '{$<name>}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'MCP tool server',
      version,
      description:
        'Plain HTTP beside the MCP endpoint: call, watch, enable and disable tools. Every error is an RFC 9457 problem.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key of this server, or a JWT of its issuer' },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

function operationOf(route: Route | UnroutedRoute): Json {
  const parameters = [
    ...[...route.path.matchAll(/:(?<name>\w+)/gu)].map(({ groups }) => parameter('path', groups?.['name'] ?? '', true)),
    ...Object.entries(route.query ?? {}).map(([name, text]) => parameter('query', name, false, text)),
  ];
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(route.scope === 'open'
      ? { security: [] }
      : { security: [{ bearer: [] }], description: `Needs the scope \`${route.scope}\`.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: jsonContent(route.body, 'input') } }),
    responses: Object.fromEntries(
      Object.entries({ ...sharedResponses(route), ...route.responses }).map(([status, response]) => [
        status,
        responseObject(Number(status), response),
      ]),
    ),
  };
}

function sharedResponses({ scope, path }: Route | UnroutedRoute): Record<number, RouteResponse> {
  return {
    ...(scope !== 'open' && path !== '/mcp' && { 400: { description: 'A query parameter is unknown or repeated' } }),
    ...(scope !== 'open' && {
      401: { description: 'A credential is missing or invalid' },
      429: { description: 'Too many wrong credentials from this address' },
    }),
    403: { description: 'Host, Origin or scope is not allowed' },
    500: { description: 'Internal server error' },
  };
}

function parameter(place: 'path' | 'query', name: string, required: boolean, description?: string): Json {
  return { name, in: place, required, schema: { type: 'string' }, ...(description && { description }) };
}

function responseObject(status: number, { description, contentType, schema }: RouteResponse): Json {
  if (schema) return { description, content: jsonContent(schema, 'output') };
  if (contentType) return { description, content: { [contentType]: {} } };
  if (status < 400) return { description, content: { 'application/json': { schema: { type: 'object' } } } };
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function jsonContent(schema: GenericSchema, typeMode: 'input' | 'output'): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, { typeMode, target: 'draft-2020-12' }) as Json;
  return { 'application/json': { schema: json } };
}

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', description: 'urn:mcp-server:problem: and the error code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong, and what is allowed' },
    suggestion: { type: 'string', description: 'What to do next' },
    retryAfterMs: { type: 'number' },
    correlationId: { type: 'string' },
  },
};
