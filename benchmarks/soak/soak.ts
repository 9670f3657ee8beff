/**
 * Endurance test: a mixed load for a number of minutes (`pnpm soak 60`), then a check for leaks. Memory after a garbage
 * collection must be constant after the warm-up; no program, descriptor or timer may be left.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { machineLine } from '../harness/paired.ts';
import { Client, KEY } from './client.ts';
import type { Probe } from './probe.ts';
import { workers } from './workers.ts';

interface Sample extends Probe {
  readonly minute: number;
  readonly residentMb: number;
  readonly descriptors: number;
  readonly programs: number;
  readonly calls: number;
}

const minutes = Number(process.argv[2] ?? 3);
if (!(minutes > 0)) throw new RangeError('Say how many minutes, for example: pnpm soak 3');

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mcp-soak-'));
const config = join(folder, 'soak.yaml');
/** A number of seconds that no other `sleep` on the machine uses, to find the programs of this run. */
const sleepSeconds = String(1_000_000 + process.pid);
let reloads = 0;
writeConfig();

const server = spawn(
  process.execPath,
  ['--expose-gc', '--import', here('probe.ts'), here('../../apps/server/dist/main.js'), '--config', config],
  { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
);
// A run that fails must not leave a server behind.
process.once('exit', () => server.kill('SIGKILL'));
const client = new Client(await portOf());
const rounds: Record<string, number> = {};
const wrong: string[] = [];
const stopWork = new AbortController();

const samples: Sample[] = [];
const startedAt = performance.now();
const elapsed = (): number => (performance.now() - startedAt) / 60_000;
const everyMs = Math.max(2000, (minutes * 60_000) / 40);

// Everything has been loaded, opened and filled once before the first sample: the table of sessions too, which the
// abandoned ones would otherwise go on filling for as long as a short run lasts.
await round();
for (let opened = 0; opened < 1000; opened++) await client.openSession();
await quiet();
const before = await sample();
const working = Object.keys(workers).map((name) => keepAt(name));
const reloading = keepReloading();
while (elapsed() < minutes) {
  await wait(everyMs);
  samples.push(await sample());
}
stopWork.abort();
await Promise.all([...working, reloading]);
await quiet();
const after = await sample();
const exitCode = await stop();
rmSync(folder, { recursive: true });
report();

async function keepAt(name: string): Promise<void> {
  while (!stopWork.signal.aborted) {
    const turn = (rounds[name] = (rounds[name] ?? 0) + 1);
    try {
      await workers[name]?.(client, turn);
    } catch (error) {
      if (wrong.length < 20) wrong.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    // The machine must not be saturated; that is what the overload benchmark does.
    await wait(2);
  }
}

async function round(): Promise<void> {
  for (const name of Object.keys(workers)) await workers[name]?.(client, 0);
}

async function keepReloading(): Promise<void> {
  while (!stopWork.signal.aborted) {
    await wait(3000);
    writeConfig();
    const reply = await client.ask({ path: '/config/reload' });
    if (reply?.status !== 200) wrong.push(`reload: ${reply?.status} ${reply?.text.slice(0, 200)}`);
  }
}

/** What was given up or timed out is killed within its grace; connections idle out after five seconds. */
async function quiet(): Promise<void> {
  await wait(9000);
}

function writeConfig(): void {
  const values = {
    server: { transport: 'http', port: 0, maxConnections: 512 },
    security: { apiKey: KEY, rateLimit: { requests: 1_000_000, window: 1 } },
    logging: { level: 'error' },
    presets: [],
    modules: [here('soak-tools.ts')],
    tools: {
      // What a reload changes: this tool is replaced each time, and with it its breaker.
      sleeps: { description: `Sleeps (${reloads++})`, command: '/bin/sleep', args: [sleepSeconds], concurrency: 8 },
      too_slow: {
        description: 'Is never in time',
        command: '/bin/sleep',
        args: [sleepSeconds],
        timeout: '100ms',
        circuitBreaker: { timeoutIsFailure: false },
      },
      breaks: { description: 'Always fails', command: '/bin/false', args: [], failureExitCodes: [1] },
      say: {
        description: 'Says it by a program',
        command: '/bin/echo',
        args: ['-n', '{text}'],
        parameters: { text: { type: 'string', maxLength: 100 } },
        concurrency: 8,
      },
    },
  };
  writeFileSync(config, JSON.stringify(values), { mode: 0o600 });
}

function portOf(): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /listening on http:\/\/127\.0\.0\.1:(?<port>\d+)/.exec(said)?.groups?.['port'];
      if (port !== undefined) resolve(Number(port));
    });
    server.once('close', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
}

async function sample(): Promise<Sample> {
  server.send('probe');
  const [probe] = (await once(server, 'message')) as [Probe];
  const { pid = 0 } = server;
  const kb = /VmRSS:\s+(?<kb>\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kb'];
  return {
    ...probe,
    minute: elapsed(),
    residentMb: Number(kb) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    programs: sleeping(),
    calls: Object.values(rounds).reduce((sum, turns) => sum + turns, 0),
  };
}

/** Programs of this run that are alive, wherever in the process tree they are. */
function sleeping(): number {
  let found = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `/bin/sleep\0${sleepSeconds}\0`) found++;
    } catch {
      // It has ended in between.
    }
  }
  return found;
}

async function stop(): Promise<number | null> {
  const closed = once(server, 'close');
  server.kill('SIGTERM');
  const [code] = (await closed) as [number | null];
  return code;
}

function report(): void {
  const warm = samples.slice(Math.floor(samples.length / 3));
  const half = Math.floor(warm.length / 2);
  const median = (list: readonly Sample[]): number =>
    list.map(({ heapMb }) => heapMb).toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
  const growth = median(warm.slice(half)) - median(warm.slice(0, half));
  const delays = samples.map(({ p99DelayMs }) => p99DelayMs).toSorted((a, b) => a - b);
  const delay = delays[Math.floor(delays.length / 2)] ?? Number.NaN;
  const checks: [string, boolean, string][] = [
    ['no wrong response', wrong.length === 0, `${wrong.length}`],
    ['memory flat after warm-up, second half against first', growth < 4, `${growth.toFixed(1)} MB`],
    ['no program left', after.programs === 0 && sleeping() === 0, `${after.programs}`],
    [
      'no descriptor leaked',
      after.descriptors <= before.descriptors + 2,
      `${before.descriptors} -> ${after.descriptors}`,
    ],
    ['no timer leaked', after.timers <= before.timers + 2, `${before.timers} -> ${after.timers}`],
    ['event loop, median of p99', delay < 100, `${delay.toFixed(1)} ms`],
    ['exit code 0 on SIGTERM', exitCode === 0, `${exitCode}`],
  ];
  const lines = samples
    .filter((_, index) => index % Math.max(1, Math.floor(samples.length / 12)) === 0 || index === samples.length - 1)
    .map(
      (one) =>
        `| ${one.minute.toFixed(1)} | ${one.calls} | ${one.heapMb.toFixed(1)} | ${one.residentMb.toFixed(0)} | ${one.descriptors} | ${one.timers} | ${one.p99DelayMs.toFixed(1)} | ${one.maxDelayMs.toFixed(0)} |`,
    );
  console.log(`### Endurance, ${elapsed().toFixed(1)} minutes\n\n${machineLine()}; ${reloads - 1} reloads.\n`);
  console.log(
    '| minute | rounds of work | heap after collection, MB | resident, MB | descriptors | timers | loop p99, ms | loop longest, ms |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  console.log(`${lines.join('\n')}\n`);
  console.log('| kind of work | rounds |\n|---|---|');
  console.log(
    `${Object.entries(rounds)
      .map(([name, turns]) => `| ${name} | ${turns} |`)
      .join('\n')}\n`,
  );
  console.log('| check | result | |\n|---|---|---|');
  for (const [name, ok, value] of checks) console.log(`| ${name} | ${value} | ${ok ? 'ok' : 'FAILED'} |`);
  for (const message of wrong) console.log(`\nwrong: ${message}`);
  process.exitCode = checks.every(([, ok]) => ok) ? 0 : 1;
}
