import { expect, test } from 'vitest';

import { loadServerConfig } from './test-support/load-server-config.ts';

/** Every section and key of the Python server's file, in its own spelling, with values that are not the defaults. */
const PYTHON_FILE = `
database: {url: "", pool_size: 11, max_overflow: 21, pool_timeout: 31, pool_recycle: 3601}
security:
  allowed_targets: [RFC1918, .lab.internal]
  max_args_length: 2049
  max_output_size: 1048577
  timeout_seconds: 301
  concurrency_limit: 3
  allow_intrusive: true
circuit_breaker:
  failure_threshold: 6
  recovery_timeout: 600
  expected_exceptions: [Exception]
  half_open_success_threshold: 2
health: {check_interval: 31, cpu_threshold: 81, memory_threshold: 82, disk_threshold: 83.5, dependencies: [], timeout: 11}
metrics: {enabled: true, prometheus_enabled: false, prometheus_port: 9090, collection_interval: 16}
logging:
  level: WARNING
  format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
  file_path: null
  max_file_size: 10485761
  backup_count: 6
server: {host: 0.0.0.0, port: 8081, transport: http, workers: 1, max_connections: 101, shutdown_grace_period: 31}
tool: {include_patterns: ["*"], exclude_patterns: [], default_timeout: 301, default_concurrency: 3}
`;

test.each([
  ['YAML', PYTHON_FILE],
  [
    'JSON',
    JSON.stringify({
      database: { url: '', pool_size: 11, max_overflow: 21, pool_timeout: 31, pool_recycle: 3601 },
      circuit_breaker: { failure_threshold: 6, recovery_timeout: 600, half_open_success_threshold: 2 },
      logging: { level: 'WARNING', format: '%(message)s', file_path: null, max_file_size: 10_485_761, backup_count: 6 },
      security: { allowed_targets: ['RFC1918', '.lab.internal'], timeout_seconds: 301, concurrency_limit: 3 },
      health: { check_interval: 31, disk_threshold: 83.5, timeout: 11 },
      metrics: { prometheus_enabled: false, prometheus_port: 9090, collection_interval: 16 },
      server: { host: '0.0.0.0', port: 8081, transport: 'http', workers: 1 },
      tool: { default_timeout: 301, default_concurrency: 3 },
    }),
  ],
])('a file of the Python server loads unchanged (%s)', async (_, text) => {
  await using store = await loadServerConfig(text);
  expect(store.snapshot.values).toMatchObject({
    database: { poolSize: 11, maxOverflow: 21, poolTimeout: 31, poolRecycle: 3601 },
    security: { allowedTargets: ['RFC1918', '.lab.internal'], timeoutSeconds: 301, concurrencyLimit: 3 },
    circuitBreaker: {
      failureThreshold: 6,
      recoveryTimeout: 600,
      expectedExceptions: ['Exception'],
      maxRecoveryTimeout: 600,
    },
    health: { checkInterval: 31, diskThreshold: 83.5, timeout: 11 },
    metrics: { prometheusEnabled: false, prometheusPort: 9090, collectionInterval: 16 },
    logging: { level: 'warn', format: 'pretty', filePath: undefined, maxFileSize: 10_485_761, backupCount: 6 },
    server: { host: '0.0.0.0', port: 8081, transport: 'http', workers: 1 },
    tool: { defaultTimeout: 301, defaultConcurrency: 3 },
  });
  expect(store.notices.map(({ message }) => message)).toContain("a Python format string means 'pretty' here");
});

test('has the documented defaults', async () => {
  await using store = await loadServerConfig('{}');
  // Relative paths start at the working folder, since these values have no file.
  const values = JSON.stringify(store.snapshot.values, undefined, 2).replaceAll(process.cwd(), '<cwd>');
  await expect(`${values}\n`).toMatchFileSnapshot('golden/defaults.txt');
});
