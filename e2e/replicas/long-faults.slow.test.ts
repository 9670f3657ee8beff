/** Three servers behind nginx: an engine that is paused for half a minute and slow for a minute, and configurations that change during a rolling restart. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';

import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';
import { startLoad, type Load } from './load.ts';

const MANY = 'requests: 1000000, window: 60, burst: 1000000';
const poll = { timeout: 60_000, interval: 100 };

let cluster: Cluster | undefined;
afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
});

async function start(): Promise<Cluster> {
  cluster = new Cluster();
  await cluster.start(MANY);
  return cluster;
}

const answered = async (load: Load, more: number): Promise<void> => {
  const { answered: before } = load;
  await expect.poll(() => load.answered - before, poll).toBeGreaterThanOrEqual(more);
};

/** What `/health` and `/health/ready` of each server say. */
const states = ({ servers }: Cluster): Promise<string[]> =>
  Promise.all(
    servers.map(async ({ url }) => {
      const { checks } = (await (await fetch(`${url}/health`, { headers })).json()) as {
        checks: Record<string, { healthStatus: string }[]>;
      };
      return `${checks['cluster']?.[0]?.healthStatus} ${(await fetch(`${url}/health/ready`)).status}`;
    }),
  );

describe.runIf(canRun)('three servers under 200 calls a second', { timeout: 400_000 }, () => {
  test('lose no call while their engine is paused for 30 seconds, stay ready, and share again afterwards', async () => {
    const started = await start();
    const load = await startLoad(started.url);
    await answered(load, 200);
    started.pauseRedis(30_000);
    await expect.poll(() => states(started), poll).toEqual(Array(3).fill('degraded 200'));
    await answered(load, 1000);
    await expect.poll(() => states(started), poll).toEqual(Array(3).fill('healthy 200'));
    await answered(load, 200);
    expect((await load.stop()).failed).toEqual([]);
    expect((await fetch(`${started.servers[0]?.url}/tools/slow/disable`, { method: 'POST', headers })).status).toBe(
      200,
    );
    const [, , third] = started.servers;
    await expect.poll(async () => (await execute(third?.url ?? '', 'slow', { seconds: 1 })).status, poll).toBe(409);
  });

  test('lose no call while their engine is slow for a minute', async () => {
    const started = await start();
    const load = await startLoad(started.url);
    await answered(load, 200);
    await started.slowRedis(60_000);
    await expect.poll(() => states(started), poll).toEqual(Array(3).fill('healthy 200'));
    await answered(load, 200);
    expect((await load.stop()).failed).toEqual([]);
  });

  test('lose no call when the configuration changes while they are restarted one after the other', async () => {
    const started = await start();
    const load = await startLoad(started.url);
    await answered(load, 200);
    const file = started.servers[0]?.configFile ?? '';
    const text = readFileSync(file, 'utf8');
    const restarting = started.restartAll();
    const greet = 'tools:\n  greet:\n    description: Greets\n    command: echo\n    args: [hello]\n';
    writeFileSync(file, text.replace('tools:\n', greet));
    await Promise.all(
      started.servers.map(({ url }) =>
        fetch(`${url}/config/reload`, { method: 'POST', headers }).catch(() => 'it is being restarted'),
      ),
    );
    await restarting;
    await answered(load, 200);
    expect((await load.stop()).failed).toEqual([]);
    const greeted = await Promise.all(started.servers.map(async ({ url }) => (await execute(url, 'greet', {})).status));
    expect(greeted).toEqual([200, 200, 200]);
  });
});
