/** What the breakers of two workers know of each other. */
import { afterEach, expect, test } from 'vitest';

import { openings, Prober, probeModule, STATUS } from '../harness/breaker-probe.ts';
import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';

const poll = { timeout: 10_000, interval: 20 };

const configuration = `
server: { workers: 2 }
cluster: { breakers: primed }
security:
  allowedTargets: [loopback]
  rateLimit: { requests: 100000, window: 60, burst: 100000 }
modules: [./probe.mjs]
`;

let place: Scratch;
let server: HttpServerProcess | undefined;
const probers: Prober[] = [];
afterEach(async () => {
  for (const prober of probers.splice(0)) prober[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  place[Symbol.dispose]();
});

test('after three failures on one worker the other opens at its first, and its opening goes no further', async () => {
  place = scratch();
  place.write('probe.mjs', probeModule);
  server = await startHttpServer({ configFile: place.write('config.yaml', configuration) });
  const { url } = server;
  // One connection after the other, so each to the next worker.
  const [a, b] = [new Prober(url), new Prober(url)];
  probers.push(a, b);
  for (const prober of [a, b]) expect(await prober.call('success')).toBe(200);
  for (let call = 0; call < 3; call++) expect(await a.call('timeout')).toBe(STATUS.timeout);
  expect(await a.call('success')).toBe(503);
  await expect.poll(async () => (await b.breaker())?.primedForMs ?? 0, poll).toBeGreaterThan(0);
  expect(await b.call('success')).toBe(200);
  expect(await b.call('timeout')).toBe(STATUS.timeout);
  expect(await b.call('success')).toBe(503);
  await expect.poll(() => openings(url), poll).toEqual({ all: 2, caused: 1 });
}, 60_000);
