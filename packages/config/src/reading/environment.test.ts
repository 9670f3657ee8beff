import { describe, expect, test } from 'vitest';
import { environmentName } from '../fields/key-names.ts';
import { sampleDefinition } from '../test-support/sample-definition.ts';
import { loadSample, loadError } from '../test-support/sample-store.ts';
import { valueAt } from '../fields/plain-object.ts';
import { redacted } from '../fields/secret.ts';

/** A valid text for every leaf, and what it must become. */
const samples: Readonly<Record<string, readonly [string, unknown]>> = {
  'database.url': ['sqlite:audit.db', '[redacted]'],
  'database.poolSize': ['7', 7],
  'database.maxOverflow': ['7', 7],
  'database.poolTimeout': ['7', 7],
  'database.poolRecycle': ['2m', 120],
  'security.apiKey': ['k-1', '[redacted]'],
  'security.apiKeys': ['[{name: a, key: k, scopes: [admin]}]', [{ name: 'a', key: '[redacted]', scopes: ['admin'] }]],
  'security.jwt.issuer': ['https://id.lab.internal', 'https://id.lab.internal'],
  'security.jwt.audience': ['mcp', 'mcp'],
  'security.jwt.jwksUri': ['https://id.lab.internal/jwks', 'https://id.lab.internal/jwks'],
  'security.allowedTargets': ['10.0.0.0/8,loopback', ['10.0.0.0/8', 'loopback']],
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
  'circuitBreaker.expectedExceptions': ['OSError,ValueError', ['OSError', 'ValueError']],
  'circuitBreaker.halfOpenSuccessThreshold': ['7', 7],
  'health.checkInterval': ['7', 7],
  'health.cpuThreshold': ['7.5', 7.5],
  'health.memoryThreshold': ['7', 7],
  'health.diskThreshold': ['7', 7],
  'health.dependencies': ['db, cache', ['db', 'cache']],
  'health.timeout': ['7', 7],
  'metrics.enabled': ['off', false],
  'metrics.prometheusEnabled': ['0', false],
  'metrics.prometheusPort': ['9090', 9090],
  'metrics.collectionInterval': ['7', 7],
  'logging.level': ['WARNING', 'warn'],
  'logging.format': ['pretty', 'pretty'],
  'logging.filePath': ['/var/log/mcp.log', '/var/log/mcp.log'],
  'logging.maxFileSize': ['4096', 4096],
  'logging.backupCount': ['7', 7],
  'server.host': ['127.0.0.2', '127.0.0.2'],
  'server.port': ['7', 7],
  'server.transport': ['http', 'http'],
  'server.workers': ['7', 7],
  'server.maxConnections': ['7', 7],
  'server.shutdownGracePeriod': ['7', 7],
  'tool.includePatterns': ['ping, dns_*', ['ping', 'dns_*']],
  'tool.excludePatterns': ['curl*\r\n\r\nnc,\ndig\n', ['curl*', 'nc', 'dig']],
  'tool.defaultTimeout': ['7', 7],
  'tool.defaultConcurrency': ['7', 7],
  tools: ['{ping: {description: d, command: ping}}', { ping: { description: 'd', command: 'ping' } }],
};

const jwt = {
  MCP_SECURITY_JWT_ISSUER: 'https://id.lab.internal',
  MCP_SECURITY_JWT_AUDIENCE: 'mcp',
  MCP_SECURITY_JWT_JWKS_URI: 'https://id.lab.internal/jwks',
};

describe('environment names', () => {
  test('has a sample for every leaf of the definition', () => {
    expect(Object.keys(samples).sort()).toEqual(sampleDefinition.leaves.map(({ key }) => key).sort());
  });

  test.each(Object.entries(samples))('%s can be set by its own variable', async (key, [text, expected]) => {
    const variable = environmentName('MCP', key.split('.'));
    const context = key.startsWith('security.jwt') ? jwt : {};
    await using store = await loadSample('{}', { env: { ...context, [variable]: text } });
    const value = redacted(valueAt(store.snapshot.values, key.split('.')));
    expect({ value }).toMatchObject({ value: expected });
    expect(store.snapshot.origin(key)).toEqual({ source: 'environment', variable });
  });
});

describe('variables of the Python server', () => {
  /** Every variable that it documents and that has a counterpart here. */
  test.each([
    ['MCP_SERVER_TRANSPORT', 'http', 'server.transport', 'http'],
    ['MCP_SERVER_HOST', '127.0.0.2', 'server.host', '127.0.0.2'],
    ['MCP_SERVER_PORT', '9000', 'server.port', 9000],
    ['MCP_SERVER_SHUTDOWN_GRACE_PERIOD', '5', 'server.shutdownGracePeriod', 5],
    ['TOOL_INCLUDE', 'PingTool,DigTool', 'tool.includePatterns', ['PingTool', 'DigTool']],
    ['TOOL_EXCLUDE', 'CurlTool', 'tool.excludePatterns', ['CurlTool']],
    ['LOG_LEVEL', 'DEBUG', 'logging.level', 'debug'],
    ['LOG_FORMAT', '%(asctime)s %(message)s', 'logging.format', 'pretty'],
    ['MCP_MAX_ARGS_LEN', '100', 'security.maxArgsLength', 100],
    ['MCP_MAX_STDOUT_BYTES', '2048', 'security.maxOutputSize', 2048],
    ['MCP_DEFAULT_TIMEOUT_SEC', '20', 'tool.defaultTimeout', 20],
    ['MCP_DEFAULT_CONCURRENCY', '3', 'tool.defaultConcurrency', 3],
    ['MCP_SECURITY_ALLOW_INTRUSIVE', 'true', 'security.allowIntrusive', true],
  ])('%s still works', async (variable, text, key, expected) => {
    await using store = await loadSample('{}', { env: { [variable]: text } });
    expect(valueAt(store.snapshot.values, key.split('.'))).toEqual(expected);
    expect(store.snapshot.origin(key)).toEqual({ source: 'environment', variable });
  });

  test('a variable without a counterpart says what to do instead', async () => {
    await using store = await loadSample('{}', { env: { OLD_NAME: '1' } });
    expect(store.notices).toMatchObject([{ message: 'set MCP_SERVER_PORT instead', origin: { variable: 'OLD_NAME' } }]);
  });

  test('a variable of another program is no unknown variable', async () => {
    await using store = await loadSample('{}', { env: { MCP_CONFIG_FILE: 'config.yaml' } });
    expect(store.notices).toEqual([]);
  });
});

describe('texts', () => {
  test.each([
    ['5', 5],
    [' 5 ', 5],
    ['+5', 5],
  ])('a whole number may be written %j', async (text, expected) => {
    await using store = await loadSample('{}', { env: { MCP_SERVER_WORKERS: text } });
    expect(store.snapshot.values.server.workers).toBe(expected);
  });

  test.each(['0x10', '1e1', '5.0', '5,0', 'five', '٥', '1_0', '--5', ' '])('%j is no whole number', async (text) => {
    const error = await loadError('{}', { env: { MCP_SERVER_WORKERS: text } });
    expect(error.problems).toMatchObject([{ path: ['server', 'workers'], origin: { variable: 'MCP_SERVER_WORKERS' } }]);
  });

  test.each([
    ...['true', 'TRUE', 'yes', 'On', '1', ' true '].map((text) => [text, true] as const),
    ...['false', 'False', 'no', 'OFF', '0'].map((text) => [text, false] as const),
  ])('the boolean %j is %j', async (text, expected) => {
    await using store = await loadSample('{}', { env: { MCP_METRICS_ENABLED: text } });
    expect(store.snapshot.values.metrics.enabled).toBe(expected);
  });

  test.each(['flase', 't', 'y', '2', 'null'])('%j is no boolean', async (text) => {
    expect((await loadError('{}', { env: { MCP_METRICS_ENABLED: text } })).problems).toHaveLength(1);
  });

  test('an empty variable counts as unset', async () => {
    await using store = await loadSample('server: {port: 9}', { env: { MCP_SERVER_PORT: '' } });
    expect(store.snapshot.origin('server.port').source).toBe('file');
  });

  test('a key that only the environment sets satisfies a requirement', async () => {
    const file = 'security: {jwt: {issuer: "https://id.lab.internal", audience: mcp}}';
    expect((await loadError(file)).problems).toMatchObject([
      { rule: 'required', path: ['security', 'jwt', 'jwksUri'] },
    ]);
    await using store = await loadSample(file, { env: { MCP_SECURITY_JWT_JWKS_URI: jwt.MCP_SECURITY_JWT_JWKS_URI } });
    expect(store.snapshot.values.security.jwt?.jwksUri).toBe(jwt.MCP_SECURITY_JWT_JWKS_URI);
  });

  test('two variables that give one key different values are an error, equal ones are not', async () => {
    const error = await loadError('{}', { env: { LOG_LEVEL: 'debug', MCP_LOGGING_LEVEL: 'info' } });
    expect(error.problems).toMatchObject([{ rule: 'two_variables', origin: { variable: 'LOG_LEVEL' } }]);
    await using store = await loadSample('{}', { env: { LOG_LEVEL: 'info', MCP_LOGGING_LEVEL: 'info' } });
    expect(store.snapshot.values.logging.level).toBe('info');
  });

  test('an unknown variable with the prefix is a notice that names the nearest one', async () => {
    await using store = await loadSample('{}', { env: { MCP_SERVER_PROT: '1', PATH: '/bin' } });
    expect(store.notices).toHaveLength(1);
    expect(store.notices[0]?.message).toContain('MCP_SERVER_PORT');
  });

  test('a text that is no YAML is refused without quoting it', async () => {
    const error = await loadError('{}', { env: { MCP_SECURITY_API_KEYS: '[{name: a, key: hunter2' } });
    expect(error.message).toContain('MCP_SECURITY_API_KEYS');
    expect(error.message).not.toContain('hunter2');
  });
});

describe('variables that Kubernetes sets for a Service', () => {
  test('an address in place of a value is named as what it is', async () => {
    const error = await loadError('{}', { env: { MCP_SERVER_PORT: 'tcp://10.96.12.7:8080' } });
    expect(error.problems).toMatchObject([
      {
        rule: 'service_link',
        path: ['server', 'port'],
        origin: { variable: 'MCP_SERVER_PORT' },
        suggestion: 'set enableServiceLinks: false in the pod spec, or give the Service another name',
      },
    ]);
  });

  test('the others are one notice', async () => {
    const env = {
      MCP_SERVER_SERVICE_HOST: '10.96.12.7',
      MCP_SERVER_SERVICE_PORT: '8080',
      MCP_SERVER_SERVICE_PORT_HTTP: '8080',
      MCP_SERVER_PORT_8080_TCP: 'tcp://10.96.12.7:8080',
      MCP_SERVER_PORT_8080_TCP_ADDR: '10.96.12.7',
      MCP_DB_PORT: 'tcp://10.96.12.8:5432',
    };
    await using store = await loadSample('{}', { env });
    expect(store.notices).toHaveLength(1);
    for (const variable of Object.keys(env)) expect(store.notices[0]?.message).toContain(variable);
  });
});

test.each([
  [{ MCP_SERVER_PORT: '${PORT}' }, 'write the value itself'],
  [{ MCP_SERVER_PORT: '"8080"' }, 'remove the quotes'],
  [{ MCP_SERVER_TRANSPORT: '$TRANSPORT' }, 'write the value itself'],
  [
    { MCP_SECURITY_ALLOWED_TARGETS: '"10.0.0.0/8,loopback"' },
    'security.allowedTargets has quotes around it, which would be a part of the value; remove the quotes',
  ],
  [{ MCP_SECURITY_ALLOWED_TARGETS: "'loopback' " }, 'security.allowedTargets has quotes around it'],
  [{ MCP_SECURITY_ALLOWED_TARGETS: `"['loopback']"` }, 'security.allowedTargets has quotes around it'],
])('%j is rejected with what to do', async (env, suggestion) => {
  expect((await loadError('{}', { env })).message).toContain(suggestion);
});
