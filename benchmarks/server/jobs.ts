/**
 * How much later does a job begin than a call; what do jobs cost while nothing runs; and when is a server that died noticed? With
 * SQLite, and with a PostgreSQL that two servers share.
 */
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';

import { canRunPostgres, PostgresServer } from '../../e2e/harness/postgres-server.ts';
import { cpuMs } from '../harness/process-time.ts';
import { quick } from '../harness/quick.ts';
import { against, againstTime, median, percentile, printResults } from '../harness/table.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { API_KEY } from './requests.ts';

const calls = quick ? 30 : 500;
const idleWindows = quick ? 3 : 10;
const idleMs = quick ? 1000 : 3000;
const deaths = quick ? 1 : 5;
/** Seconds. */
const LEASE = 3;

const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };

interface Result {
  readonly content?: readonly { readonly text: string }[];
}

interface Execution extends Result {
  readonly executionId: string;
  readonly state: string;
  /** Of a job; a call has its own in place of it. */
  readonly result?: Result;
}

function start(name: string, env: Readonly<Record<string, string>>): Promise<Candidate> {
  const configuration = new URL('candidates/jobs.yaml', import.meta.url).pathname;
  return startCandidate({
    name,
    server: 'ours',
    configuration,
    env,
    envIn: (folder) => ({ MCP_JOBS_DIRECTORY: join(folder, 'jobs') }),
  });
}

async function execute({ port }: Candidate, tool: string, prefer = ''): Promise<Execution> {
  const response = await fetch(`http://127.0.0.1:${port}/tools/${tool}/execute`, {
    method: 'POST',
    headers: { ...headers, ...(prefer !== '' && { prefer }) },
    body: '{"arguments":{}}',
  });
  if (!response.ok) throw new Error(`${tool} was refused: ${await response.text()}`);
  return (await response.json()) as Execution;
}

async function execution({ port }: Candidate, id: string): Promise<Execution> {
  return (await (await fetch(`http://127.0.0.1:${port}/executions/${id}`, { headers })).json()) as Execution;
}

/** Milliseconds from the request to the beginning of the function. */
async function untilBegun(server: Candidate, tool: string): Promise<number> {
  const sent = process.hrtime.bigint();
  let answer = await execute(server, tool, tool === 'begin' ? '' : 'respond-async');
  while (answer.state === 'queued' || answer.state === 'running') answer = await execution(server, answer.executionId);
  const begun = (answer.result ?? answer).content?.[0]?.text;
  if (begun === undefined) throw new Error(`${tool} ended without an answer: ${JSON.stringify(answer)}`);
  return Number(BigInt(begun) - sent) / 1e6;
}

interface Row {
  readonly name: string;
  readonly times: readonly number[];
  readonly over: readonly number[];
  readonly atMostMs: number;
}

/** Calls and jobs in turn, so that whatever else runs falls on both. */
async function compared(name: string, server: Candidate, atMostMs: number): Promise<Row> {
  const times: Record<'begin' | 'begin_job', number[]> = { begin: [], begin_job: [] };
  for (let call = -10; call < calls; call += 1) {
    for (const tool of ['begin', 'begin_job'] as const) {
      const ms = await untilBegun(server, tool);
      if (call >= 0) times[tool].push(ms);
    }
  }
  return { name, times: times.begin_job, over: times.begin, atMostMs };
}

/** Milliseconds of processor a second of each server, in turn. */
async function idle(servers: readonly Candidate[]): Promise<number[]> {
  const used = servers.map(() => [] as number[]);
  await elapsed(idleMs);
  for (let window = 0; window < idleWindows; window += 1) {
    const before = servers.map(({ pid }) => cpuMs(pid));
    await elapsed(idleMs);
    for (const [index, { pid }] of servers.entries())
      used[index]?.push(((cpuMs(pid) - (before[index] ?? 0)) / idleMs) * 1000);
  }
  return used.map((windows) => median(windows));
}

/** Seconds from the death of the server that runs a job until another one says that it is lost. */
async function untilLost(env: Readonly<Record<string, string>>, other: Candidate): Promise<number> {
  const dying = await start('dying', env);
  const { executionId } = await execute(dying, 'hold', 'respond-async');
  while ((await execution(other, executionId)).state !== 'running') await elapsed(20);
  process.kill(dying.pid, 'SIGKILL');
  const died = performance.now();
  while ((await execution(other, executionId)).state !== 'lost') await elapsed(20);
  return (performance.now() - died) / 1000;
}

const rows: Row[] = [];
const costs: string[][] = [];
const lost: number[] = [];

const without = await start('without jobs', {});
const embedded = await start('SQLite', { BENCH_JOBS: '1' });
rows.push(await compared('SQLite, one server', embedded, 2));
const [none = 0, sqlite = 0] = await idle([without, embedded]);
costs.push(['without jobs', none.toFixed(2), '', '']);
costs.push(['with jobs in SQLite', sqlite.toFixed(2), (sqlite - none).toFixed(2), against(1, sqlite - none)]);
await embedded.stop();

if (canRunPostgres && !quick) {
  await using postgres = await new PostgresServer().start();
  const env = { BENCH_JOBS: '1', MCP_DATABASE_URL: postgres.url, MCP_JOBS_LEASE: String(LEASE) };
  // It asks, and has no place to run anything itself.
  const asking = await start('asks', { ...env, MCP_JOBS_MAX_RUNNING: '1' });
  const { executionId } = await execute(asking, 'hold', 'respond-async');
  while ((await execution(asking, executionId)).state !== 'running') await elapsed(20);
  const running = await start('runs', env);
  rows.push(await compared('PostgreSQL, begun by the other server', asking, 5));
  const [shared = 0] = await idle([running]);
  costs.push(['with jobs in PostgreSQL, looked for every second', shared.toFixed(2), (shared - none).toFixed(2), '']);
  await running.stop();
  for (let death = 0; death < deaths; death += 1) lost.push(await untilLost({ ...env }, asking));
  await asking.stop();
}
await without.stop();

printResults({
  title: 'How much later a job begins than a call',
  method: `${calls} of each in turn, one at a time, over HTTP; from the request to the first line of the function`,
  columns: ['', 'ms, p50', 'ms, p99', 'of a call, p50', 'ms more, p50', 'at most'],
  rows: rows.map(({ name, times, over, atMostMs }) => {
    const more = median(times) - median(over);
    return [
      name,
      median(times).toFixed(2),
      percentile(times, 0.99).toFixed(2),
      median(over).toFixed(2),
      more.toFixed(2),
      againstTime(atMostMs, more),
    ];
  }),
});
printResults({
  title: 'A server whose tools have jobs, while nothing runs',
  method: `${idleWindows} windows of ${idleMs / 1000} s at the same time; median`,
  columns: ['', 'ms of processor a second', 'more', 'at most'],
  rows: costs,
});
if (lost.length > 0) {
  const bound = LEASE + LEASE / 3 + 1;
  const longest = Math.max(...lost);
  printResults({
    title: 'Until the job of a server that was killed is lost',
    method: `${deaths} deaths; jobs.lease ${LEASE} s; at most a lease, a third of it and a second`,
    columns: ['', 'longest, s', 'at most'],
    rows: [['seen by the other server', longest.toFixed(1), against(bound, longest)]],
  });
}
