/**
 * How long does the slowest call in a hundred, or in a thousand, take at half load? Measured while two dashboards listen, and while the
 * configuration is reloaded, metrics are read and health is asked for. `tail.ts 10` measures ten minutes.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { load as parseYaml } from 'js-yaml';

import { against, printResults } from '../harness/table.ts';
import { oursConfiguration, startCandidate, type Candidate } from './candidate.ts';
import { startLoad, type Load } from './load.ts';
import type { LoadReport } from './load-client.ts';
import { quick } from '../harness/quick.ts';

const KIND = 'modern tools/call';
/** A short run on whatever else the machine does proves nothing about a tail, so only a full run checks it. */
const MAX_RATIO = 5;
/** Within what `pnpm bench` gives one benchmark, unless more is asked for. */
const seconds = quick ? 8 : Number(process.argv[2] ?? 2) * 60;
const DASHBOARDS = 2;
const RELOAD_MS = 5000;
const ASK_MS = 1000;

const folder = mkdtempSync(join(tmpdir(), 'tail-'));
const file = join(folder, 'ours.json');
let reloads = 0;
writeConfiguration();
const server = await startCandidate({ name: '@mcp/server', server: 'ours', configuration: file });
const headers = { authorization: `Bearer ${server.apiKey}` };
const stop = new AbortController();
const problems: string[] = [];
try {
  using load = startLoad();
  await load.during(server, KIND, quick ? 1000 : 4000);
  const dashboards = Array.from({ length: DASHBOARDS }, () => listen(server));
  const perSecond = await halfOfCapacity(load);
  const alone = await load.paced(server, KIND, seconds * 150, perSecond);
  const others = [every(RELOAD_MS, reload), every(ASK_MS, ask)];
  const beside = await load.paced(server, KIND, seconds * 750, perSecond);
  stop.abort();
  await Promise.all([...dashboards, ...others]);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const bare = await bareServer(load, perSecond);
  printResults({
    title: 'The tail of tools/call over HTTP at half load',
    method: `${perSecond} calls a second, ${seconds} s in all, timed from when each was due; ${DASHBOARDS} event streams open; ${reloads} reloads`,
    columns: ['', 'p50, ms', 'p99, ms', 'p99.9, ms', 'p99 times p50', 'at most'],
    rows: [
      [...rowOf('bare node:http, as many requests', bare).slice(0, -1), ''],
      rowOf('@mcp/server, calls alone', alone),
      rowOf('@mcp/server, with reloads, scrapes and health checks', beside),
    ],
  });
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

function rowOf(name: string, { p50Ms, p99Ms, p999Ms }: LoadReport): string[] {
  const ratio = p99Ms / p50Ms;
  return [name, ...[p50Ms, p99Ms, p999Ms, ratio].map((value) => value.toFixed(2)), limit(ratio)];
}

function limit(ratio: number): string {
  return quick ? String(MAX_RATIO) : against(MAX_RATIO, ratio);
}

/** What the machine itself does to the tail. */
async function bareServer(load: Load, perSecond: number): Promise<LoadReport> {
  const bare = await startCandidate({ name: 'bare node:http', server: 'bare-node.ts' });
  try {
    await load.during(bare, 'echo', quick ? 500 : 2000);
    return await load.paced(bare, 'echo', seconds * 100, perSecond);
  } finally {
    await bare.stop();
  }
}

async function halfOfCapacity(load: Load): Promise<number> {
  const ms = quick ? 1000 : 5000;
  const { answers } = await load.during(server, KIND, ms);
  return Math.round((answers / ms) * 1000) / 2;
}

/** A tool differs after each reload, and is replaced. */
function writeConfiguration(): void {
  const values = parseYaml(readFileSync(oursConfiguration, 'utf8')) as {
    modules: string[];
    readonly tools: { readonly say: { description: string } };
  };
  values.modules = values.modules.map((path) => resolve(dirname(oursConfiguration), path));
  values.tools.say.description = `Says it by a program (${reloads})`;
  writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
}

async function every(ms: number, work: () => Promise<void>): Promise<void> {
  while (!stop.signal.aborted) {
    await wait(ms, undefined, { signal: stop.signal }).catch(() => {});
    if (!stop.signal.aborted) await work();
  }
}

async function reload(): Promise<void> {
  reloads++;
  writeConfiguration();
  await expectOk('/config/reload', 'POST');
}

async function ask(): Promise<void> {
  for (const path of ['/metrics', '/health', '/health/ready', '/tools']) await expectOk(path);
}

async function expectOk(path: string, method = 'GET'): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers });
  await response.arrayBuffer();
  if (!response.ok) problems.push(`${path}: ${response.status}`);
}

/** Reads the events of the server until the end. */
async function listen({ port }: Candidate): Promise<void> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/events`, { headers, signal: stop.signal });
    if (!response.ok) problems.push(`/events: ${response.status}`);
    for await (const _ of response.body ?? []) if (stop.signal.aborted) return;
    problems.push('/events ended');
  } catch (error) {
    if (!stop.signal.aborted) problems.push(`/events: ${String(error)}`);
  }
}
