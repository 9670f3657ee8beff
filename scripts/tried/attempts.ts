import { globSync, readFileSync } from 'node:fs';

/** What was tried against the server, and the fast test files that try it. */
export const ATTEMPTS: Readonly<Record<string, readonly string[]>> = {
  'Requests over HTTP: targets, headers, bodies, connections': [
    'apps/server/src/transports/http/{guard,body,connections}/*.test.ts',
    'apps/server/src/transports/http/connection-rules.test.ts',
    'apps/server/src/foundation/write-deadline.test.ts',
    'apps/server/src/transports/http/routes/permissions.test.ts',
  ],
  'Credentials: wrong, expired, forged, revoked': ['apps/server/src/access/*.test.ts'],
  'Messages of MCP: malformed, too long, repeated, of others': [
    'apps/server/src/transports/mcp/{invalid-lines,stdio-lines,stdio-message,subscription-streams}.test.ts',
    'apps/server/src/transports/mcp/protocol/*.test.ts',
    'apps/server/src/transports/mcp/sdk/{request-params,sessions/session-id,sessions/sessions}.test.ts',
  ],
  'Targets: spellings, networks, names, resolution': ['packages/tool-base/src/target/*.test.ts'],
  'Arguments and programs: flags, options, shells, control characters': [
    'packages/tool-base/src/call/hostile-input.test.ts',
    'packages/tool-base/src/command/**/*.test.ts',
    'packages/tool-base/src/launcher/start-program.test.ts',
  ],
  'Secrets in output, logs and errors': [
    'packages/tool-base/src/launcher/secret-filter.test.ts',
    'packages/config/src/fields/secret.test.ts',
    'apps/server/src/observability/log/*.test.ts',
  ],
  'Configuration files: broken, half-written, ambiguous': ['packages/config/src/reading/*.test.ts'],
  'OpenAPI documents and answers of APIs': ['packages/openapi-tools/src/{document,egress,response,schema}/*.test.ts'],
  'Upstreams: lists, changes, addresses, lost connections': [
    'packages/upstreams/src/*.test.ts',
    'packages/upstreams/src/{http,trust,listing}/*.test.ts',
  ],
};

export function filesOf(patterns: readonly string[]): string[] {
  return globSync([...patterns]).sort();
}

/** Names of the tests of a file that are written out; those of tables of inputs are counted only. */
export function writtenNames(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/^\s*test\(\s*'(?<name>(?:[^'\\]|\\.)+)'/gmu)].map(({ groups }) =>
    (groups?.['name'] ?? '').replaceAll(/\\(.)/gu, '$1'),
  );
}
