import { choice, defineConfig, list, map, optional, path, standardSections, type ConfigDefinition } from '@mcp/config';
import { TOOL_NAME, isToolName } from '@mcp/tool-base';

import { API_KEY, apiField } from './declarations/api-fields.ts';
import { circuitBreakerSection } from './sections/circuit-breaker-section.ts';
import { clusterSection } from './sections/cluster-section.ts';
import { databaseSection } from './sections/database-section.ts';
import { healthSection } from './sections/health-section.ts';
import { jobsSection } from './sections/jobs-section.ts';
import { listenerSection } from './sections/listener-section.ts';
import { metricsSection } from './sections/metrics-section.ts';
import { sandboxSection } from './fields/sandbox-section.ts';
import { securitySection } from './sections/security-section.ts';
import type { ServerConfig } from './shape/server-config.ts';
import { PRESET_NAMES } from './fields/preset-names.ts';
import { serverNotices, serverProblems } from './rules/server-rules.ts';
import { toolField } from './declarations/tool-fields.ts';
import { toolSection } from './sections/tool-section.ts';
import { federationSection, UPSTREAM_KEY, upstreamField } from './declarations/upstream-fields.ts';

const MCP_CLIENT_FILE =
  'this is the configuration file of an MCP client; the server has a file of its own, which mcp-server init writes';

const OPENAPI_DOCUMENT = 'this is an OpenAPI document; name it in apis.NAME.document of the configuration';

/** The configuration of this server: sections, ranges, defaults, environment names and rules, each stated once. */
export const serverConfigDefinition: ConfigDefinition<ServerConfig> = defineConfig<ServerConfig>(
  {
    database: databaseSection,
    security: securitySection,
    circuitBreaker: circuitBreakerSection,
    health: healthSection,
    metrics: metricsSection,
    logging: standardSections.logging,
    server: listenerSection,
    cluster: clusterSection,
    tool: toolSection,
    sandbox: sandboxSection,
    jobs: jobsSection,
    presets: optional(
      list(choice(PRESET_NAMES, { doc: 'A preset.', otherNames: { curl: 'curl_head', nmap: 'nmap_discovery' } }), {
        doc: 'Preset tools to offer. Unset: every one that is installed and not intrusive; [] offers none.',
        unique: true,
      }),
    ),
    tools: map(toolField(), {
      doc: 'Programs offered as tools, by name.',
      default: {},
      keyPattern: TOOL_NAME,
      keyAccepts: isToolName,
      keyExpected: '1 to 128 letters, digits, _ . or -, and no name that every object has, such as toString',
      maxEntries: 1000,
    }),
    apis: map(apiField(), {
      doc: 'REST APIs whose operations are offered as tools, as KEY_OPERATION.',
      default: {},
      keyPattern: API_KEY,
      keyExpected: 'a lower-case letter and up to 23 lower-case letters, digits or hyphens',
      maxEntries: 100,
    }),
    toolSearch: choice(['off', 'auto', 'always'], {
      doc: 'Tools for searching in place of a long list. auto: for callers who see more than 60 tools.',
      default: 'off',
      reload: 'restart',
    }),
    federation: federationSection,
    upstreams: map(upstreamField(), {
      doc: 'Other MCP servers whose tools are offered here, as KEY_TOOL.',
      default: {},
      keyPattern: UPSTREAM_KEY,
      keyExpected: 'a lower-case letter, then up to 23 lower-case letters, digits and -',
      maxEntries: 100,
    }),
    modules: list(
      path({
        doc: 'A module.',
        pattern: /^(?:\.{1,2}\/|~?\/).+\.(?:mjs|js|ts|mts)$/,
        expected: 'a path that starts with ./, ../, ~/ or / and ends in .mjs, .js, .mts or .ts',
      }),
      { doc: 'Modules of your own with tools, prompts or resources.', default: [], unique: true, reload: 'restart' },
    ),
  },
  {
    title: 'MCP server configuration',
    envPrefix: 'MCP',
    check: serverProblems,
    notices: serverNotices,
    otherKeys: {
      apiVersion: 'this is a Kubernetes manifest; the configuration is a text under data in its ConfigMap',
      services: 'this is a Compose file; the configuration is the file that it mounts',
      context_servers: MCP_CLIENT_FILE,
      mcpServers: MCP_CLIENT_FILE,
      mcp_servers: MCP_CLIENT_FILE,
      servers: MCP_CLIENT_FILE,
      openapi: OPENAPI_DOCUMENT,
      swagger: OPENAPI_DOCUMENT,
      dependencies: 'this is a package.json; the server has a file of its own, which mcp-server init writes',
    },
    otherVariables: {
      MCP_CLI_KEY: '',
      MCP_CLI_SERVER: '',
      MCP_CONFIG_FILE: '',
      MCP_CONFIG_PERMISSIONS: '',
      MCP_MAX_STDERR_BYTES: 'stdout and stderr share one limit here: set MCP_SECURITY_MAX_OUTPUT_SIZE instead',
      TOOLS_PACKAGE: 'Python packages cannot be loaded: list modules in the key modules instead',
    },
  },
);
