import { list, map, optional } from '../fields/composite-fields.ts';
import { defineConfig } from '../define-config.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { text } from '../fields/scalar-fields.ts';
import { circuitBreakerSection } from './circuit-breaker-section.ts';
import { databaseSection } from './database-section.ts';
import { healthSection } from './health-section.ts';
import { listenerSection } from './listener-section.ts';
import { loggingSection } from './logging-section.ts';
import { metricsSection } from './metrics-section.ts';
import { securitySection } from './security-section.ts';
import type { ServerConfig } from './server-config.ts';
import { serverNotices, serverProblems } from './server-rules.ts';
import { toolDefaultsSection } from './tool-defaults-section.ts';
import { TOOL_NAME, toolField } from './tool-fields.ts';

const toolName = text({ doc: 'A tool name.', pattern: TOOL_NAME, expected: 'a tool name' });

/** The configuration of this server: sections, ranges, defaults, environment names and rules, each stated once. */
export const serverConfigDefinition: ConfigDefinition<ServerConfig> = defineConfig<ServerConfig>(
  {
    database: databaseSection(),
    security: securitySection(),
    circuitBreaker: circuitBreakerSection(),
    health: healthSection(),
    metrics: metricsSection(),
    logging: loggingSection(),
    server: listenerSection(),
    tool: toolDefaultsSection(),
    presets: optional(
      list(toolName, {
        doc: 'Preset tools to offer. Unset: every one that is installed and not intrusive; [] offers none.',
        unique: true,
      }),
    ),
    tools: map(toolField(), {
      doc: 'Programs offered as tools, by name.',
      default: {},
      keyPattern: TOOL_NAME,
      keyExpected: '1 to 128 letters, digits, _ . or -',
      maxEntries: 1000,
    }),
    modules: list(
      text({
        doc: 'A module.',
        maxLength: 4096,
        pattern: /^(?:\.{1,2}\/|\/).+\.(?:mjs|js|ts|mts)$/,
        expected: 'a path that starts with ./, ../ or / and ends in .mjs, .js, .mts or .ts',
      }),
      { doc: 'Modules of your own with tools, prompts or resources.', default: [], unique: true, reload: 'restart' },
    ),
  },
  {
    title: 'MCP server configuration',
    envPrefix: 'MCP',
    check: serverProblems,
    notices: serverNotices,
    otherVariables: {
      MCP_CONFIG_FILE: '',
      MCP_MAX_STDERR_BYTES: 'stdout and stderr share one limit here: set MCP_SECURITY_MAX_OUTPUT_SIZE instead',
      MCP_MAX_MEMORY_MB: 'this server has no such limit: set it on the service, for example in its systemd unit',
      MCP_MAX_FILE_DESCRIPTORS: 'this server has no such limit: set it on the service, for example in its systemd unit',
      TOOLS_PACKAGE: 'Python packages cannot be loaded: list modules in the key modules instead',
    },
  },
);
