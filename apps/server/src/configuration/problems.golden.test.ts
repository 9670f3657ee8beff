import { expect, test } from 'vitest';

import { loadError } from './test-support/load-server-config.ts';

/** What an operator reads, kept as files so that a change of wording is visible in review. */
const files: Readonly<Record<string, string>> = {
  targets: `security:
  allowedTargets:
    - 0.0.0.0/0
    - ::/0
    - 10.0.0.1/8
    - .com
    - "."
    - "*.lab.internal"
    - rfc1918
    - 010.0.0.1
    - .Lab.ınternal
    - 10.0.0.0/33
  deniedTargets: [0.0.0.0/0, nope!]
`,
  exposure: 'server: {host: 0.0.0.0}\nsecurity:\n  auth: none\n',
  ceilings: `security: {timeoutSeconds: 60, concurrencyLimit: 4}
tool: {defaultTimeout: 2m}
tools:
  ping:
    description: Send ICMP echo requests
    command: /usr/bin/ping
    timeout: 90s
    concurrency: 8
`,
  'program-shapes': `tools:
  line: {description: a, command: kubectl get pods, args: "-n web"}
  types:
    description: a
    command: df
    parameters: { a: { type: int }, b: { type: text }, c: bool, d: { type: pth } }
  mappings: {description: a, command: df, queue: 3, sandbox: full, rateLimit: 5, env: [A=1], confirm: alway}
`,
  tools: `tools:
  "ping\\n": {description: a, command: ping}
  shell: {description: a, command: /bin/bash}
  env: {description: a, command: /usr/bin/env, env: {NODE_OPTIONS: x}}
  relative: {description: a, command: ./ping}
  flags:
    description: a
    command: ping
    flags: {"-c": {type: integre, min: 1, max: 2}, "c d": none, "-w": nothing, "-x": {type: integer, min: 3, max: 1}}
  parameters:
    description: a
    command: ping
    parameters:
      count: {type: integer, min: 1, max: 20, default: 50}
      size: {type: integer, min: 1}
      mode: {type: enum, values: [a, b], default: c}
      target: {type: string, maxLength: 5}
  codes:
    description: a
    command: ping
    successExitCodes: [0, 256]
    domainExitCodes: {1: no reply, x: y}
  overlap:
    description: a
    command: ping
    domainExitCodes: {0: fine}
  missing: {}
  hidden: {description: "a\\u202Eb", command: ping}
`,
  'health-dependencies': 'health: {dependencies: [psycopg2, {name: db, type: tpc}, {name: db, type: tcp, host: h}]}\n',
  'api-keys': `security:
  apiKey: abc
  apiKeys:
    - {name: a, key: abc, scopes: [admin]}
    - {name: a, key: def, scopes: [tools:raed]}
`,
  'api-keys-twice': `security:
  apiKey: abc
  apiKeys:
    - {name: a, key: abc, scopes: [admin]}
`,
  'python-version': `database:
  url: "postgresql://mcp:hunter2-password@127.0.0.1:5/mcp"
  pool_size: 10
security:
  allowed_targets: [RFC1918, .lab.internal, 10.20.0.0/16]
  max_args_length: 4096
  timeout_seconds: 600
circuit_breaker:
  recovery_timeout: 120.0
  expected_exceptions: [Exception, TimeoutError]
health:
  check_interval: 15.0
  dependencies: [psutil, yaml]
metrics:
  enabled: yes
  prometheus_enabled: on
logging:
  level: INFO
  file_path: /var/log/mcp/server.log
server:
  host: "0.0.0.0"
  port: "8080"
  transport: HTTP
  workers: 4
tool:
  exclude_patterns: [MasscanTool, HydraTool]
  default_timeout: 600
`,
};

test.each(Object.entries(files))('%s', async (name, file) => {
  const { message, problems } = await loadError(file);
  await expect(`${message}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  for (const { origin } of problems) expect(origin.source).toBe('file');
});
