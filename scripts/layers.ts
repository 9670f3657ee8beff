/**
 * Which part may import which, as data: `check-boundaries.ts` enforces it, and ARCHITECTURE.md draws the same table, held
 * together by a test.
 */

/** What a package may import of the other packages. A package without an entry imports none. */
export const packageImports: Readonly<Record<string, readonly string[]>> = {
  'packages/tool-base': ['@mcp/circuit-breaker'],
  'packages/openapi-tools': ['@mcp/tool-base'],
  'packages/upstreams': ['@mcp/tool-base'],
  'apps/server': [
    '@mcp/circuit-breaker',
    '@mcp/config',
    '@mcp/health',
    '@mcp/metrics',
    '@mcp/openapi-tools',
    '@mcp/tool-base',
    '@mcp/upstreams',
  ],
};

/** The dashboard is private: only a test of the server, which compares the types of both, imports it. */
export const testImports: Readonly<Record<string, readonly string[]>> = { 'apps/server': ['@mcp/dashboard'] };

/**
 * The layers of `apps/server/src`, from the top down. A file belongs to the longest entry that its path begins with, and
 * imports from its own layer and those below it only.
 */
export const serverLayers: readonly string[] = [
  'main.ts',
  'cli',
  'cli/call',
  'cli/client',
  'cli/keys',
  'cli/init',
  'cli/apis',
  'cli/upstreams',
  'cli/doctor',
  'composition',
  'workers',
  'transports/http',
  'transports/http/routes',
  'transports/http/routing',
  'transports/http/connections',
  'transports/http/body',
  'transports/http/guard',
  'transports/mcp',
  'transports/mcp/fast-path',
  'transports/mcp/sdk',
  'transports/mcp/sdk/sessions',
  'transports/mcp/sdk/protocol-server',
  'transports/mcp/sdk/connection',
  'transports/mcp/handoff',
  'transports/mcp/client-input',
  'transports/mcp/protocol',
  'transports/json',
  'index.ts',
  'modules',
  'upstreams',
  'catalog',
  'calls',
  'cluster',
  'tools',
  'tools/builtin',
  'jobs',
  'jobs/runs',
  'jobs/output',
  'jobs/stores',
  'jobs/record',
  'observability',
  'observability/metrics',
  'observability/log',
  'observability/events',
  'observability/audit',
  'observability/tracing',
  'worker-channel',
  'access',
  'rate-limit',
  'database',
  'configuration',
  'configuration/rules',
  'configuration/declarations',
  'configuration/sections',
  'configuration/settings',
  'configuration/shape',
  'configuration/fields',
  'foundation',
];
