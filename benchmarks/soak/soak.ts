/**
 * Endurance test: a mixed load for a number of minutes (`pnpm soak 60`), then a check for leaks. Memory after a garbage
 * collection must be constant after the warm-up; no program, descriptor or timer may be left. Two servers that share a Redis and
 * a PostgreSQL take turns, where both are installed; otherwise one server keeps everything for itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { Client } from './client.ts';
import { writeConfiguration } from './configuration.ts';
import { Engines, missingEngines } from './engines.ts';
import { markedPrograms } from './marked-programs.ts';
import { startPeers } from './peers.ts';
import { ProbedServer } from './probed-server.ts';
import { report } from './report.ts';
import type { Sample } from './soak-run.ts';
import { workers } from './workers.ts';

const minutes = Number(process.argv[2] ?? 5);
if (!(minutes > 0)) throw new RangeError('Say how many minutes, for example: pnpm soak 5');

const SESSIONS_OF_A_SERVER = 1000;
const folder = mkdtempSync(join(tmpdir(), 'mcp-soak-'));
const file = join(folder, 'soak.yaml');
/** Also a number of seconds, which no other `sleep` on the machine uses. */
const mark = String(1_000_000 + process.pid);
await using peers = await startPeers(folder);
await using engines = missingEngines === '' ? await Engines.start() : undefined;
let reloads = 0;
writeConfiguration({ file, mark, peers, version: reloads });

const servers: ProbedServer[] = [];
for (let index = 0; index < (engines ? 2 : 1); index++) {
  const own = { MCP_JOBS_DIRECTORY: join(folder, `jobs-${index}`) };
  servers.push(await ProbedServer.start(file, { ...own, ...engines?.environment(index) }));
}
const client = new Client(servers.map(({ port }) => port));
const rounds: Record<string, number> = {};
const wrong: string[] = [];
const stopWork = new AbortController();
const startedAt = performance.now();
let loadedAt = startedAt;
const elapsed = (): number => (performance.now() - loadedAt) / 60_000;

for (const { port } of servers) await upstreamsOf(port);
// Everything has been loaded, opened and filled once before the first sample: the table of sessions too, which the
// abandoned ones would otherwise go on filling for as long as a short run lasts.
for (const _ of servers) await Promise.all(Object.keys(workers).map((name) => turn(name, 0)));
for (let opened = 0; opened < SESSIONS_OF_A_SERVER; opened += 10) {
  await Promise.all(Array.from({ length: 10 * servers.length }, () => client.openSession()));
}
await quiet();
const before = await sample();
loadedAt = performance.now();
const samples: Sample[] = [];
const working = [...Object.keys(workers).map(keepAt), keepReloading()];
const everyMs = Math.max(2000, (minutes * 60_000) / 40);
while (elapsed() < minutes) {
  await wait(everyMs);
  samples.push(await sample());
}
stopWork.abort();
const loadedMinutes = elapsed();
await Promise.all(working);
await quiet();
const after = await sample();
const exitCodes = [];
for (const server of servers) exitCodes.push(await server.stop());
const programsLeft = markedPrograms(mark);
rmSync(folder, { recursive: true });

const setup = engines
  ? 'two servers in turn, with one Redis and one PostgreSQL'
  : `one server with its embedded store, since there is no ${missingEngines} here`;
const { repeated } = client;
const seen = { reloads, before, after, samples, rounds, wrong, repeated, exitCodes, programsLeft };
process.exitCode = report({ minutes: loadedMinutes, ...seen }, setup) ? 0 : 1;

async function keepAt(name: string): Promise<void> {
  rounds[name] = 0;
  while (!stopWork.signal.aborted) {
    await turn(name, (rounds[name] = (rounds[name] ?? 0) + 1));
    // The machine must not be saturated; that is what the overload benchmark does.
    await wait(5);
  }
}

async function turn(name: string, round: number): Promise<void> {
  try {
    await workers[name]?.(client, round);
  } catch (error) {
    wrong.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keepReloading(): Promise<void> {
  while (!stopWork.signal.aborted) {
    await wait(3000);
    writeConfiguration({ file, mark, peers, version: ++reloads });
    for (const { port } of servers) {
      const reply = await client.ask({ port, path: '/config/reload' });
      if (reply?.status !== 200) wrong.push(`reload: ${reply?.status} ${reply?.text.slice(0, 200)}`);
    }
  }
}

/** Until the tools of both upstreams are there. */
async function upstreamsOf(port: number): Promise<void> {
  for (;;) {
    const reply = await client.ask({ port, method: 'GET', path: '/tools' });
    if (['program_repeat', 'web_repeat'].every((name) => reply?.text.includes(name))) return;
    await wait(100);
  }
}

/** What was given up or timed out is killed within its grace; connections and upstreams idle out after five seconds. */
async function quiet(): Promise<void> {
  await wait(9000);
}

async function sample(): Promise<Sample> {
  return {
    minute: elapsed(),
    rounds: Object.values(rounds).reduce((sum, turns) => sum + turns, 0),
    servers: await Promise.all(servers.map((server) => server.sample())),
    programs: markedPrograms(mark),
    engines: engines?.sample(),
  };
}
