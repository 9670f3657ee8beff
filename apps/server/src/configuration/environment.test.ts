import { describe, expect, test } from 'vitest';

import { serverConfigDefinition } from './server-definition.ts';
import { loadServerConfig } from './test-support/load-server-config.ts';

/** A valid text for every key, and the value it must become. */
const samples: Readonly<Record<string, readonly [string, unknown]>> = {
  'database.url': ['sqlite:audit.db', '[redacted]'],
  'database.poolSize': ['7', 7],
  'database.maxOverflow': ['7', 7],
  'database.poolTimeout': ['7', 7],
  'database.poolRecycle': ['2m', 120],
  'database.recordArguments': ['true', true],
  'database.retentionDays': ['7', 7],
  'database.maxEntries': ['5000', 5000],
  'security.auth': ['required', 'required'],
  'security.approvalTimeout': ['30', 30],
  'security.apiKey': ['k-1', '[redacted]'],
  'security.apiKeys': ['[{name: a, key: k, scopes: [admin]}]', [{ name: 'a', key: '[redacted]', scopes: ['admin'] }]],
  'security.keyStore': ['/var/lib/mcp-server/keys.json', '/var/lib/mcp-server/keys.json'],
  'security.jwt.issuer': ['https://id.lab.internal', 'https://id.lab.internal'],
  'security.jwt.audience': ['mcp', 'mcp'],
  'security.jwt.jwksUri': ['https://id.lab.internal/jwks', 'https://id.lab.internal/jwks'],
  'security.jwt.requiredScopes': ['a, b', ['a', 'b']],
  'security.allowedTargets': ['10.0.0.0/8,loopback', ['10.0.0.0/8', 'loopback']],
  'security.deniedTargets': ['["10.0.0.1"]', ['10.0.0.1']],
  'security.allowedOrigins': ['https://ops.lab.internal', ['https://ops.lab.internal']],
  'security.allowedHosts': ['mcp.lab.internal:8080', ['mcp.lab.internal:8080']],
  'security.maxResources.memory': ['2GiB', 2 ** 31],
  'security.maxResources.fileSize': ['1GiB', 2 ** 30],
  'security.maxResources.cpuTime': ['1h', 3600],
  'security.maxResources.openFiles': ['1024', 1024],
  'security.maxResources.processes': ['200', 200],
  'tool.defaultResources.memory': ['512', 512 * 2 ** 20],
  'tool.defaultResources.fileSize': ['1MiB', 2 ** 20],
  'tool.defaultResources.cpuTime': ['30s', 30],
  'tool.defaultResources.openFiles': ['64', 64],
  'tool.defaultResources.processes': ['100', 100],
  'security.maxArgsLength': ['7', 7],
  'security.maxOutputSize': ['4096', 4096],
  'security.timeoutSeconds': ['300', 300],
  'security.concurrencyLimit': ['50', 50],
  'security.allowIntrusive': ['yes', true],
  'security.rateLimit.requests': ['7', 7],
  'security.rateLimit.window': ['7', 7],
  'security.rateLimit.burst': ['7', 7],
  'circuitBreaker.failureThreshold': ['7', 7],
  'circuitBreaker.recoveryTimeout': ['7', 7],
  'circuitBreaker.expectedExceptions': ['timeout,unavailable', ['timeout', 'unavailable']],
  'circuitBreaker.halfOpenSuccessThreshold': ['7', 7],
  'circuitBreaker.recoveryMultiplier': ['2.5', 2.5],
  'circuitBreaker.maxRecoveryTimeout': ['600', 600],
  'circuitBreaker.jitter': ['0.2', 0.2],
  'circuitBreaker.halfOpenMaxConcurrent': ['7', 7],
  'circuitBreaker.halfOpenMaxWait': ['250ms', 0.25],
  'health.checkInterval': ['7', 7],
  'health.cpuThreshold': ['7.5', 7.5],
  'health.memoryThreshold': ['7', 7],
  'health.diskThreshold': ['7', 7],
  'health.dependencies': [
    '[{"name":"db","type":"tcp","host":"db.lab.internal","port":5432}]',
    [{ name: 'db', type: 'tcp', host: 'db.lab.internal', port: 5432, priority: 'important' }],
  ],
  'health.timeout': ['7', 7],
  'metrics.enabled': ['off', false],
  'metrics.prometheusEnabled': ['0', false],
  'metrics.prometheusPort': ['9090', 9090],
  'metrics.collectionInterval': ['7', 7],
  'metrics.grafanaUrl': ['https://grafana.lab.internal/d/mcp', 'https://grafana.lab.internal/d/mcp'],
  'sandbox.mode': ['full', 'full'],
  'sandbox.minimum': ['files', 'files'],
  'sandbox.user': ['mcp-tools', 'mcp-tools'],
  'sandbox.read': ['/usr/share', ['/usr/share']],
  'sandbox.maxProfiles': ['7', 7],
  'jobs.store': ['memory', 'memory'],
  'jobs.directory': ['/var/lib/mcp-server', '/var/lib/mcp-server'],
  'jobs.maxRunning': ['7', 7],
  'jobs.maxQueued': ['7', 7],
  'jobs.perCaller': ['7', 7],
  'jobs.retention': ['12h', 43_200],
  'jobs.maxBytesPerCaller': ['1048576', 1_048_576],
  'jobs.maxBytes': ['2097152', 2_097_152],
  'jobs.lease': ['30s', 30],
  'jobs.inlineWait': ['30s', 30],
  'jobs.taskAfter': ['2s', 2],
  'logging.level': ['WARNING', 'warn'],
  'logging.format': ['pretty', 'pretty'],
  'logging.filePath': ['/var/log/mcp.log', '/var/log/mcp.log'],
  'logging.maxFileSize': ['4096', 4096],
  'logging.backupCount': ['7', 7],
  'server.host': ['127.0.0.2', '127.0.0.2'],
  'server.port': ['7', 7],
  'server.transport': ['http', 'http'],
  'server.workers': ['1', 1],
  'server.maxConnections': ['7', 7],
  'server.maxConcurrentCalls': ['7', 7],
  'server.sessions': ['none', 'none'],
  'server.keepAliveTimeout': ['7', 7],
  'server.drainDelay': ['7', 7],
  'cluster.url': ['redis://127.0.0.1', '[redacted]'],
  'cluster.name': ['lab', 'lab'],
  'cluster.replica': ['a1', 'a1'],
  'cluster.timeout': ['200ms', 0.2],
  'cluster.startTimeout': ['7', 7],
  'cluster.breakers': ['off', 'off'],
  'cluster.secrets': ['b5c1f6a2d4e8907734ab12cd56ef9081', ['[redacted]']],
  'server.shutdownGracePeriod': ['7', 7],
  'tool.includePatterns': ['ping, dns_*', ['ping', 'dns_*']],
  'tool.excludePatterns': ['curl*', ['curl*']],
  'tool.defaultTimeout': ['7', 7],
  'tool.defaultConcurrency': ['7', 7],
  presets: ['ping,dig', ['ping', 'dig']],
  tools: ['{ping: {description: d, command: ping}}', { ping: { description: 'd', command: 'ping' } }],
  apis: ['{}', {}],
  toolSearch: ['auto', 'auto'],
  'federation.lockFile': ['/etc/mcp/tools.lock.json', '/etc/mcp/tools.lock.json'],
  'federation.maxProcesses': ['7', 7],
  'federation.alwaysListed': ['crm_*, far_search', ['crm_*', 'far_search']],
  upstreams: ['{far: {url: "https://mcp.lab.internal/mcp"}}', { far: { url: 'https://mcp.lab.internal/mcp' } }],
  modules: ['./a.mjs', [`${process.cwd()}/a.mjs`]],
};

const jwt = {
  MCP_SECURITY_JWT_ISSUER: 'https://id.lab.internal',
  MCP_SECURITY_JWT_AUDIENCE: 'mcp',
  MCP_SECURITY_JWT_JWKS_URI: 'https://id.lab.internal/jwks',
};

/** What `cluster.url` needs. */
const cluster = {
  MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081',
  MCP_SECURITY_API_KEY: 'k-1',
  MCP_SERVER_TRANSPORT: 'http',
};

/** The value of a key, secrets redacted. */
function valueOf(values: unknown, key: string): unknown {
  const plain: unknown = JSON.parse(JSON.stringify(values));
  return key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], plain);
}

describe('environment variables', () => {
  test('have a sample for every key of the definition', () => {
    expect(Object.keys(samples).sort()).toEqual(serverConfigDefinition.leaves.map(({ key }) => key).sort());
  });

  test.each(Object.entries(samples))('%s can be set by its own variable', async (key, [text, expected]) => {
    const variable = `MCP_${key.replaceAll(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`;
    const context = key.startsWith('security.jwt') ? jwt : key === 'cluster.url' ? cluster : {};
    await using store = await loadServerConfig('{}', { env: { ...context, [variable]: text } });
    expect({ value: valueOf(store.snapshot.values, key) }).toMatchObject({ value: expected });
    expect(store.snapshot.origin(key)).toEqual({ source: 'environment', variable });
  });

  test.each(['MCP_MAX_STDERR_BYTES', 'TOOLS_PACKAGE'])(
    '%s has no counterpart, and says what to do instead',
    async (variable) => {
      await using store = await loadServerConfig('{}', { env: { [variable]: '1' } });
      expect(store.notices).toMatchObject([{ origin: { variable } }]);
    },
  );

  test('MCP_CONFIG_FILE names the file and is no unknown variable', async () => {
    await using store = await loadServerConfig('{}', { env: { MCP_CONFIG_FILE: 'config.yaml' } });
    expect(store.notices).toEqual([]);
  });
});
