import { group, list, map, optional } from '../composite-fields.ts';
import { defineConfig } from '../definition.ts';
import type { ConfigDefinition } from '../definition.ts';
import { duration } from '../duration.ts';
import type { Field } from '../field.ts';
import { boolean, choice, integer, secret, text } from '../scalar-fields.ts';
import { isHostName, isIpv4, isIpv6 } from './address.ts';
import { checkedText } from './checked-text.ts';
import { circuitBreakerSection } from './circuit-breaker-section.ts';
import { healthSection } from './health-section.ts';
import { securitySection } from './security-section.ts';
import type {
  DatabaseConfig,
  HttpServerConfig,
  LoggingConfig,
  MetricsConfig,
  ServerConfig,
  ToolDefaultsConfig,
} from './server-config.ts';
import { serverNotices, serverProblems } from './server-rules.ts';
import { TOOL_NAME, toolField } from './tool-fields.ts';

function databaseSection(): Field<DatabaseConfig> {
  const reload = 'restart';
  return group<DatabaseConfig>(
    {
      url: secret({
        doc: 'Where the audit trail is kept: empty for memory, sqlite:FILE or postgres://...',
        default: '',
        minLength: 0,
        maxLength: 2048,
        pattern: /^(?:|sqlite:.+|postgres(?:ql)?:\/\/.+)$/,
        expected: "'' (memory), sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
        reload,
      }),
      poolSize: integer({ doc: 'Connections kept open (postgres).', min: 1, max: 100, default: 10, reload }),
      maxOverflow: integer({
        doc: 'Connections beyond poolSize under load (postgres).',
        min: 0,
        max: 100,
        default: 20,
        reload,
      }),
      poolTimeout: duration({
        doc: 'How long to wait for a connection (postgres).',
        min: 1,
        max: 300,
        default: 30,
        reload,
      }),
      poolRecycle: duration({
        doc: 'Age at which a connection is replaced (postgres).',
        min: 60,
        max: 7200,
        default: 3600,
        reload,
      }),
      recordArguments: boolean({
        doc: 'Whether the audit trail keeps what the arguments of a call said, not only their kind and size.',
        default: false,
        reload,
      }),
      retentionDays: integer({ doc: 'Days after which an entry is removed.', min: 1, max: 3650, default: 30, reload }),
      maxEntries: integer({
        doc: 'Entries kept; the oldest go first. Memory keeps at most 10000.',
        min: 1000,
        max: 100_000_000,
        default: 1_000_000,
        reload,
      }),
    },
    { doc: 'Where the audit trail is kept, for how long, and what it holds.' },
  );
}

function metricsSection(): Field<MetricsConfig> {
  const reload = 'restart';
  return group<MetricsConfig>(
    {
      enabled: boolean({ doc: 'Whether calls are counted and timed.', default: true, reload }),
      prometheusEnabled: boolean({ doc: 'Whether /metrics is served.', default: true, reload }),
      prometheusPort: optional(
        integer({
          doc: 'A port of its own for metrics, health and events; also in stdio mode. Unset: HTTP serves them on server.port.',
          min: 1,
          max: 65_535,
          reload,
        }),
      ),
      collectionInterval: duration({
        doc: 'Time between two samples of the system’s own figures.',
        min: 5,
        max: 300,
        default: 15,
        reload,
      }),
    },
    { doc: 'Measurements and Prometheus.' },
  );
}

/** A Python logging format has no meaning here: it is a wish for readable lines. */
function isFormatString(value: unknown): value is string {
  return typeof value === 'string' && value.includes('%(');
}

function loggingSection(): Field<LoggingConfig> {
  const reload = 'restart';
  const format = choice(['json', 'pretty'], {
    doc: 'json: one object a line; pretty: lines for people.',
    default: 'json',
    reload,
    variables: ['LOG_FORMAT'],
    spelling: (word) => (isFormatString(word) ? 'pretty' : word),
  });
  return group<LoggingConfig>(
    {
      level: choice(['debug', 'info', 'warn', 'error'], {
        doc: 'The least important level that is written. Upper case and WARNING, CRITICAL are understood.',
        default: 'info',
        variables: ['LOG_LEVEL'],
        spelling: levelOf,
      }),
      format: {
        ...format,
        notice: (value: unknown) => (isFormatString(value) ? "a Python format string means 'pretty' here" : undefined),
      } as Field<'json' | 'pretty'>,
      filePath: optional(
        text({
          doc: 'A file to write to, with rotation: finished files are FILE.1, FILE.2 and so on. Unset: stderr.',
          maxLength: 4096,
          reload,
        }),
        { nullMeansUnset: true },
      ),
      maxFileSize: integer({
        doc: 'Bytes after which a log file is rotated.',
        min: 1024,
        max: 1_073_741_824,
        default: 10_485_760,
        reload,
      }),
      backupCount: integer({ doc: 'Finished log files that are kept.', min: 0, max: 100, default: 5, reload }),
    },
    { doc: 'What the server writes about itself.' },
  );
}

function levelOf(word: string): string {
  const level = word.toLowerCase();
  if (level === 'warning') return 'warn';
  return level === 'critical' ? 'error' : level;
}

function serverSection(): Field<HttpServerConfig> {
  const reload = 'restart';
  return group<HttpServerConfig>(
    {
      host: checkedText(
        { doc: 'The address to listen on. Off loopback, callers must authenticate.', default: '127.0.0.1', reload },
        'an IPv4 or IPv6 address or a host name',
        (host) => isIpv4(host) || isIpv6(host) || isHostName(host),
      ),
      port: integer({ doc: 'The port to listen on; 0 takes a free one.', min: 0, max: 65_535, default: 8080, reload }),
      transport: choice(['stdio', 'http'], { doc: 'How MCP clients reach the server.', default: 'stdio', reload }),
      workers: integer({ doc: 'Processes that serve HTTP.', min: 1, max: 16, default: 1, reload }),
      maxConnections: integer({ doc: 'Connections at the same time.', min: 1, max: 10_000, default: 100, reload }),
      maxConcurrentCalls: integer({
        doc: 'Calls of all tools together that may run or wait in a queue; one more is told to come back later.',
        min: 1,
        max: 10_000,
        default: 256,
      }),
      shutdownGracePeriod: duration({
        doc: 'How long running calls may go on after a signal to stop.',
        min: 0,
        max: 300,
        default: 30,
      }),
    },
    { doc: 'The listener.' },
  );
}

function toolSection(): Field<ToolDefaultsConfig> {
  const pattern = text({
    doc: 'A tool name with * and ?.',
    maxLength: 128,
    pattern: /^[A-Za-z0-9_.*?-]+$/,
    expected: 'a tool name, in which * and ? are wildcards',
  });
  return group<ToolDefaultsConfig>(
    {
      includePatterns: list(pattern, { doc: 'Tools that are offered.', default: ['*'], variables: ['TOOL_INCLUDE'] }),
      excludePatterns: list(pattern, {
        doc: 'Tools that are not offered; wins over includePatterns.',
        default: [],
        variables: ['TOOL_EXCLUDE'],
      }),
      defaultTimeout: duration({
        doc: 'The timeout of a tool that names none.',
        min: 1,
        max: 3600,
        variables: ['MCP_DEFAULT_TIMEOUT_SEC'],
        computed: {
          doc: '300, or security.timeoutSeconds if that is lower',
          compute: ({ security }: ServerConfig) => Math.min(300, security.timeoutSeconds),
        },
      }),
      defaultConcurrency: integer({
        doc: 'The concurrency of a tool that names none.',
        min: 1,
        max: 100,
        variables: ['MCP_DEFAULT_CONCURRENCY'],
        computed: {
          doc: '2, or security.concurrencyLimit if that is lower',
          compute: ({ security }: ServerConfig) => Math.min(2, security.concurrencyLimit),
        },
      }),
    },
    { doc: 'Which tools are offered, and what they get that they do not say themselves.' },
  );
}

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
    server: serverSection(),
    tool: toolSection(),
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
