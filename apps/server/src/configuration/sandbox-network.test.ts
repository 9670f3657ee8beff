import { profileKey } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { healthCheckSandboxes, sandboxedTool, sandboxRequest } from './settings/sandbox-request.ts';
import { loadError, loadServerConfig } from './test-support/load-server-config.ts';
import { programsOf } from './shape/tool-declaration.ts';

async function requests(text: string): Promise<ReturnType<typeof sandboxRequest>[]> {
  await using store = await loadServerConfig(text);
  const { values } = store.snapshot;
  return programsOf(values.tools).map(([, tool]) => sandboxRequest(values, sandboxedTool(tool)));
}

const tool = (more: string): string => `{ description: A, command: cat, ${more} }`;
const SECURITY = 'security: { allowedTargets: [10.1.0.0/16], deniedTargets: [10.1.2.3] }';

test('a confined tool with a target reaches its targets alone, one without none, an upstream what the server reaches', async () => {
  const [withTarget, without] = await requests(
    `{ ${SECURITY}, tools: { a: ${tool("target: ip, args: ['{target}'], sandbox: {}")}, b: ${tool('sandbox: {}')} } }`,
  );
  expect(withTarget).toMatchObject({
    network: 'targets',
    targets: { allowed: ['10.1.0.0/16'], denied: ['10.1.2.3'], dns: true },
  });
  expect(withTarget).not.toHaveProperty('needsHeldTargets');
  expect(without).toMatchObject({ network: 'none' });
  expect(without).not.toHaveProperty('targets');
});

test('more addresses and no names are what the tool asks for', async () => {
  const [request] = await requests(
    `{ ${SECURITY}, tools: { a: ${tool('sandbox: { network: targets, egress: [10.9.0.5], dns: false }')} } }`,
  );
  expect(request?.targets).toEqual({ allowed: ['10.1.0.0/16', '10.9.0.5'], denied: ['10.1.2.3'], dns: false });
});

test.each([
  ['limits', undefined],
  ['files', true],
  ['full', true],
])('targets that are named, with the minimum %s', async (minimum, needsHeldTargets) => {
  const [request] = await requests(`{ tools: { a: ${tool(`sandbox: { network: targets, minimum: ${minimum} }`)} } }`);
  expect(request?.needsHeldTargets).toBe(needsHeldTargets);
});

test('a program that shows the way to a target stays in the network of the machine', async () => {
  const [request] = await requests(
    "{ tools: { a: { description: A, command: /usr/bin/traceroute, target: ip, args: ['{target}'], sandbox: {} } } }",
  );
  expect(request?.targets?.shared).toBe('traceroute needs the network of the machine.');
});

test('a change of the targets is another sandbox', async () => {
  const of = async (denied: string): Promise<string> => {
    const text = `{ security: { deniedTargets: [${denied}] }, tools: { a: ${tool('sandbox: { network: targets }')} } }`;
    return profileKey((await requests(text))[0]!);
  };
  expect(await of('10.0.0.1')).not.toBe(await of('10.0.0.2'));
  expect(await of('10.0.0.1, 10.0.0.2')).toBe(await of('10.0.0.2, 10.0.0.1'));
});

test.each([
  ['network: targets, egress: [db.lab.internal]', 'a packet filter has addresses alone'],
  ['network: targets, egress: [0.0.0.0/0]', 'a network wider than /8 is refused'],
  ['network: host, egress: [10.0.0.5]', 'egress has no effect with network host'],
  ['dns: true', 'dns has no effect with network none'],
  ['network: targets, mode: limits', 'network has no effect at the level limits'],
  ['network: target', "did you mean 'targets'"],
])('%s is refused', async (keys, why) => {
  const { message } = await loadError(`{ tools: { t: ${tool(`sandbox: { ${keys} }`)} } }`);
  expect(message.replaceAll(/tools\.t\.sandbox\./g, '')).toContain(why);
  expect(message).toMatch(/:1:\d+: /);
});

test.each([
  ['mode: auto', { mode: 'auto', minimum: 'limits', network: 'host', syscalls: 'standard' }],
  ['mode: full, read: [/usr]', { mode: 'full', minimum: 'full', read: ['/usr'] }],
  ['minimum: files', { mode: 'auto', minimum: 'files' }],
  ['{}', { mode: 'limits', minimum: 'limits' }],
])('with the sandbox %s programs of health checks are confined as tools are', async (sandbox, expected) => {
  const dependencies = '[{ name: web, type: command, command: cat }, { name: db, type: tcp, host: db.test, port: 1 }]';
  const section = sandbox === '{}' ? sandbox : `{ ${sandbox} }`;
  await using store = await loadServerConfig(`{ sandbox: ${section}, health: { dependencies: ${dependencies} } }`);
  expect(healthCheckSandboxes(store.snapshot.values)).toMatchObject([['health.dependencies.web', expected]]);
});
