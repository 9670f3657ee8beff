import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { diagnose } from './doctor.ts';
import { soundMachine } from './test-support/sound-machine.ts';

/** As the Python version wrote it itself. */
const DEFAULT_FILE = `
circuit_breaker:
  expected_exceptions:
  - Exception
  failure_threshold: 5
  half_open_success_threshold: 1
  recovery_timeout: 60.0
database:
  max_overflow: 20
  pool_recycle: 3600
  pool_size: 10
  pool_timeout: 30
  url: ''
health:
  check_interval: 30.0
  cpu_threshold: 80.0
  dependencies: []
  disk_threshold: 80.0
  memory_threshold: 80.0
  timeout: 10.0
logging:
  backup_count: 5
  file_path: null
  format: '%(asctime)s - %(name)s - %(levelname)s - %(message)s'
  level: INFO
  max_file_size: 10485760
metrics:
  collection_interval: 15.0
  enabled: true
  prometheus_enabled: true
  prometheus_port: 9090
security:
  allowed_targets:
  - RFC1918
  - .lab.internal
  concurrency_limit: 2
  max_args_length: 2048
  max_output_size: 1048576
  timeout_seconds: 300
server:
  host: 0.0.0.0
  max_connections: 100
  port: 8080
  shutdown_grace_period: 30.0
  transport: stdio
  workers: 1
tool:
  default_concurrency: 2
  default_timeout: 300
  exclude_patterns: []
  include_patterns:
  - '*'
`;

/** As an operator of the Python version wrote it, with the spellings that PyYAML accepts. */
const REALISTIC_FILE = `
# Enhanced MCP server - production configuration
database:
  url: "postgresql://mcp:hunter2@127.0.0.1:5/mcp"
  pool_size: 10
  max_overflow: 20
  pool_timeout: 30
  pool_recycle: 3600
security:
  allowed_targets:
    - RFC1918
    - .lab.internal
    - 10.20.0.0/16
  max_args_length: 4096
  max_output_size: 2097152
  timeout_seconds: 600
  concurrency_limit: 4
circuit_breaker:
  failure_threshold: 3
  recovery_timeout: 120.0
  expected_exceptions: [Exception, TimeoutError]
  half_open_success_threshold: 2
health:
  check_interval: 15.0
  cpu_threshold: 90.0
  memory_threshold: 85.0
  disk_threshold: 95.0
  dependencies: [psutil, yaml]
  timeout: 5.0
metrics:
  enabled: yes
  prometheus_enabled: on
  prometheus_port: 9090
  collection_interval: 30.0
logging:
  level: INFO
  format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
  file_path: /var/log/mcp/server.log
  max_file_size: 10485760
  backup_count: 5
server:
  host: "0.0.0.0"
  port: "8080"
  transport: HTTP
  workers: 4
  max_connections: 200
  shutdown_grace_period: 30.0
tool:
  include_patterns: ["*"]
  exclude_patterns: [MasscanTool, HydraTool]
  default_timeout: 600
  default_concurrency: 4
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'python-'));
  vi.stubEnv('MCP_CONFIG_FILE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that the operator has to look at, in one round. */
async function findingsOf(yaml: string): Promise<string[]> {
  const config = join(folder, 'config.yaml');
  writeFileSync(config, yaml, { mode: 0o600 });
  const findings = await diagnose({ config, flags: [] }, soundMachine);
  return findings
    .filter(({ level }) => level !== 'ok')
    .flatMap(({ level, check, message }) =>
      message
        .replaceAll(folder, '')
        .split('\n')
        .map((line) => `${level} ${check}: ${line}`),
    );
}

test('the default file of the Python version loads, and the doctor names what has another effect', async () => {
  expect(await findingsOf(DEFAULT_FILE)).toMatchInlineSnapshot(`
    [
      "warning configuration: /config.yaml:24:11: a Python format string means 'pretty' here",
      "warning configuration: metrics.prometheusPort is open on 0.0.0.0, which other machines can reach",
      "warning audit trail: Kept in memory: lost at a restart.",
    ]
  `);
});

test('a realistic file of the Python version: every problem in one round, without its password', async () => {
  const findings = await findingsOf(REALISTIC_FILE);
  expect(findings.join('\n')).not.toContain('hunter2');
  expect(findings).toMatchInlineSnapshot(`
    [
      "problem configuration: The configuration has 6 problems.",
      "problem configuration: /config.yaml:21:36: circuitBreaker.expectedExceptions[1] must be 'Exception', 'timeout', 'unavailable' or 'execution_error', but it is 'TimeoutError'",
      "problem configuration:   20 |   recovery_timeout: 120.0",
      "problem configuration:   21 |   expected_exceptions: [Exception, TimeoutError]",
      "problem configuration:      |                                    ^",
      "problem configuration: /config.yaml:28:18: health.dependencies[0] must say how to probe it: a mapping with name, type (tcp, http or command) and where; a bare name, as in older files, has no meaning here",
      "problem configuration:   27 |   disk_threshold: 95.0",
      "problem configuration:   28 |   dependencies: [psutil, yaml]",
      "problem configuration:      |                  ^",
      "problem configuration: /config.yaml:28:26: health.dependencies[1] must say how to probe it: a mapping with name, type (tcp, http or command) and where; a bare name, as in older files, has no meaning here",
      "problem configuration:   27 |   disk_threshold: 95.0",
      "problem configuration:   28 |   dependencies: [psutil, yaml]",
      "problem configuration:      |                          ^",
      "problem configuration: /config.yaml:31:12: metrics.enabled must be true or false, but it is 'yes'; write true, without quotes",
      "problem configuration:   30 | metrics:",
      "problem configuration:   31 |   enabled: yes",
      "problem configuration:      |            ^",
      "problem configuration: /config.yaml:32:23: metrics.prometheusEnabled must be true or false, but it is 'on'; write true, without quotes",
      "problem configuration:   31 |   enabled: yes",
      "problem configuration:   32 |   prometheus_enabled: on",
      "problem configuration:      |                       ^",
      "problem configuration: /config.yaml:43:9: server.port must be a whole number from 0 to 65535, but it is '8080'; write it without quotes",
      "problem configuration:   42 |   host: "0.0.0.0"",
      "problem configuration:   43 |   port: "8080"",
      "problem configuration:      |         ^",
    ]
  `);
});
