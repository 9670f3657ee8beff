/** What the breakers of three servers know of each other, by `cluster.breakers`. */
import { readFileSync, writeFileSync } from 'node:fs';

import { afterEach, describe, expect, test } from 'vitest';

import { openings, Prober, probeModule, STATUS } from '../harness/breaker-probe.ts';
import { headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';

const poll = { timeout: 10_000, interval: 20 };

let cluster: Cluster | undefined;
let probers: Prober[] = [];
afterEach(async () => {
  for (const prober of probers) prober[Symbol.dispose]();
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

/** Each server has called the target once. */
async function start(env: Record<string, string> = {}): Promise<[Prober, Prober, Prober]> {
  cluster = new Cluster('', env, { 'probe.mjs': probeModule });
  await cluster.start('requests: 100000, window: 60, burst: 100000');
  probers = cluster.servers.map(({ url }) => new Prober(url));
  for (const prober of probers) expect(await prober.call('success')).toBe(200);
  return probers as [Prober, Prober, Prober];
}

async function fail(prober: Prober, ...ends: readonly (keyof typeof STATUS)[]): Promise<void> {
  for (const end of ends) expect(await prober.call(end)).toBe(STATUS[end]);
}

const operate = async (path: string): Promise<void> => {
  const response = await fetch(`${cluster?.servers[0]?.url}/tools/${path}`, { method: 'POST', headers });
  expect(response.status).toBe(200);
};

/** What was sent before has reached every server: changes have one order. */
async function settled(): Promise<void> {
  for (const verb of ['disable', 'enable']) {
    await operate(`say/${verb}`);
    for (const { url } of cluster?.servers ?? []) {
      const isEnabled = async (): Promise<boolean> =>
        ((await (await fetch(`${url}/tools/say`, { headers })).json()) as { enabled: boolean }).enabled;
      await expect.poll(isEnabled, poll).toBe(verb === 'enable');
    }
  }
}

/** Openings that were passed on. */
const sent = (): number =>
  cluster?.redis?.command('xrange', '{mcp}:events', '-', '+').match(/^opening$/gmu)?.length ?? 0;

const counted = (): Promise<{ all: number; caused: number }[]> =>
  Promise.all((cluster?.servers ?? []).map(({ url }) => openings(url)));

describe.runIf(canRun)('the breakers of three servers', { timeout: 120_000 }, () => {
  test('primed: after three failures on one, another opens at its first, one that only succeeds never, and nothing echoes', async () => {
    const [a, b, c] = await start({ MCP_CLUSTER_BREAKERS: 'primed' });
    await fail(a, 'timeout', 'execution_error', 'timeout');
    expect(await a.call('success')).toBe(503);
    for (const prober of [b, c]) {
      await expect.poll(async () => (await prober.breaker())?.primedForMs ?? 0, poll).toBeGreaterThan(0);
    }
    await fail(b, 'timeout');
    expect(await b.call('success')).toBe(503);
    for (let call = 0; call < 20; call++) expect(await c.call('success')).toBe(200);
    await settled();
    expect((await c.breaker())?.state).toBe('closed');
    expect(sent()).toBe(1);
    expect(await counted()).toEqual([
      { all: 1, caused: 0 },
      { all: 1, caused: 1 },
      { all: 0, caused: 0 },
    ]);
  });

  test('primed: what one cannot do changes nothing on the others', async () => {
    const [a, b] = await start({ MCP_CLUSTER_BREAKERS: 'primed' });
    await fail(a, 'unavailable', 'unavailable', 'unavailable');
    expect((await a.breaker())?.state).toBe('open');
    await settled();
    expect(await b.breaker()).toMatchObject({ state: 'closed', primedForMs: 0 });
    await fail(b, 'timeout', 'timeout');
    expect(await b.call('success')).toBe(200);
    expect(sent()).toBe(0);
  });

  test('any, set by a reload: the others open at once; before it, each counts alone', async () => {
    const [a, b, c] = await start();
    await fail(a, 'timeout', 'timeout', 'timeout');
    await settled();
    for (const prober of [b, c]) expect(await prober.breaker()).toMatchObject({ state: 'closed', primedForMs: 0 });
    expect(sent()).toBe(0);
    const file = cluster?.servers[0]?.configFile ?? '';
    writeFileSync(file, `${readFileSync(file, 'utf8')}cluster: { breakers: any }\n`);
    for (const { url } of cluster?.servers ?? []) {
      expect((await fetch(`${url}/config/reload`, { method: 'POST', headers })).status).toBe(200);
    }
    await operate('probe/breaker/reset');
    await settled();
    await fail(a, 'timeout', 'timeout', 'timeout');
    for (const prober of [b, c]) await expect.poll(() => prober.call('success'), poll).toBe(503);
    await settled();
    expect(sent()).toBe(1);
    expect((await counted()).map(({ caused }) => caused)).toEqual([0, 1, 1]);
  });

  test('any: while the engine is down each counts alone, and calls go on', async () => {
    const [a, b] = await start({ MCP_CLUSTER_BREAKERS: 'any' });
    await cluster?.killRedis();
    await fail(a, 'timeout', 'timeout', 'timeout');
    expect(await a.call('success')).toBe(503);
    expect(await b.call('success')).toBe(200);
  });
});
