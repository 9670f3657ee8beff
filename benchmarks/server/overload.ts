/**
 * Load of three times the capacity: how does it affect the calls that are admitted? A tool of 50 ms that runs four at a time
 * serves 80 calls a second; requests arrive at a fixed rate, independent of responses. Measured over plain HTTP and over MCP of
 * both eras, with the limit of the tool reached and with the limit of the server reached.
 */
import { request, Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { machineLine } from '../harness/paired.ts';
import { startCandidate, type Candidate } from './candidate.ts';
import { quick } from '../harness/quick.ts';
import { callOfWork, openSession, type CallRoute } from './requests.ts';

interface Seen {
  /** `rejected`: with the retry time, in the form that the transport and the limit use. */
  readonly how: 'served' | 'rejected' | 'other';
  readonly ms: number;
}

interface Cell {
  readonly limit: 'own' | 'server';
  readonly route: CallRoute;
  readonly port: number;
  readonly sessionId: string;
}

const CAPACITY = 80;
/** The last place of four is kept for other callers. */
const SHARE_OF_ONE_CALLER = 3 / 4;
const seconds = quick ? 1 : 8;
const agent = new Agent({ keepAlive: true, maxSockets: 200 });
const rows: string[][] = [];
let failed = false;

for (const limit of quick ? (['server'] as const) : (['own', 'server'] as const)) {
  // The tool runs four calls and queues three; with a server limit of four its queue is never used.
  const env = limit === 'server' ? { MCP_SERVER_MAX_CONCURRENT_CALLS: '4' } : {};
  const server: Candidate = await startCandidate({ name: '@mcp/server', server: 'ours', env });
  const sessionId = await openSession(server.port, server.apiKey);
  for (const route of ['http', 'modern', 'legacy'] as const) {
    rows.push(await measure({ limit, route, port: server.port, sessionId }));
  }
  await server.stop();
}
agent.destroy();

const header = ['full is', 'asked over', 'p99 unloaded', 'served', 'p99 of those', 'rejected', 'else', 'recovered', ''];
process.stdout.write(
  [
    '### Three times the capacity',
    '',
    `${machineLine()}; ${seconds} s each. Served: of the capacity, or of the three quarters of it that one caller may have of a server. Rejected: with the retry time, after how long (p99).`,
    `Recovered: until a call is served at the unloaded pace again. Over plain HTTP, and wherever the server is full, that is`,
    '429 with `Retry-After`; over MCP a full tool says so in its result.',
    '',
    ...[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    '',
  ].join('\n'),
);
// The one second of a quick run has hardly more than a beginning and an end.
process.exitCode = failed && !quick ? 1 : 0;

async function measure(cell: Cell): Promise<string[]> {
  await phase(cell, 20, 1);
  const unloaded = await phase(cell, CAPACITY / 4, seconds);
  const calm = p99(unloaded);
  const overloaded = await phase(cell, CAPACITY * 3, seconds);
  const recovery = await recoveryMs(cell, calm);

  const served = overloaded.filter(({ how }) => how === 'served');
  const rejected = overloaded.filter(({ how }) => how === 'rejected');
  const other = overloaded.length - served.length - rejected.length;
  const busy = p99(served);
  const share = served.length / seconds / (CAPACITY * (cell.limit === 'server' ? SHARE_OF_ONE_CALLER : 1));
  const ok =
    unloaded.every(({ how }) => how === 'served') &&
    share > 0.8 &&
    busy <= calm * 2 &&
    rejected.length > 0 &&
    other === 0 &&
    recovery <= 1000;
  failed ||= !ok;
  return [
    cell.limit === 'own' ? 'the tool' : 'the server',
    { http: 'HTTP', modern: 'MCP 2026-07-28', legacy: 'MCP 2025-11-25' }[cell.route],
    `${calm.toFixed(0)} ms`,
    `${(share * 100).toFixed(0)} %`,
    `${busy.toFixed(0)} ms, ${(busy / calm).toFixed(2)} times`,
    `${rejected.length}, ${p99(rejected).toFixed(0)} ms`,
    String(other),
    `${recovery.toFixed(0)} ms`,
    ok ? 'ok' : 'FAILED',
  ];
}

async function phase(cell: Cell, perSecond: number, duration: number): Promise<Seen[]> {
  const asked: Promise<Seen>[] = [];
  const startedAt = performance.now();
  for (let sent = 0; sent < perSecond * duration; sent++) {
    const due = startedAt + (sent / perSecond) * 1000;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    asked.push(call(cell, sent));
  }
  return Promise.all(asked);
}

/** From the last answer of the overload on. */
async function recoveryMs(cell: Cell, calm: number): Promise<number> {
  const startedAt = performance.now();
  for (let id = 0; ; id++) {
    const { how, ms } = await call(cell, id);
    const passed = performance.now() - startedAt;
    if ((how === 'served' && ms < calm * 1.2) || passed > 10_000) return passed;
    await wait(20);
  }
}

function call(cell: Cell, id: number): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const { path, headers, body } = callOfWork(cell, id);
    const sent = request({ agent, port: cell.port, host: '127.0.0.1', method: 'POST', path, headers }, (response) => {
      let text = '';
      response
        .setEncoding('latin1')
        .on('data', (chunk: string) => (text += chunk))
        .once('end', () => {
          const retryAfter = Number(response.headers['retry-after']);
          const how = outcomeOf(cell, response.statusCode, retryAfter, text);
          resolve({ how, ms: performance.now() - startedAt });
        });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function outcomeOf({ limit, route }: Cell, status: number | undefined, retryAfter: number, text: string): Seen['how'] {
  if (status === 200 && text.includes('"text":"done"')) return 'served';
  const inResult = limit === 'own' && route !== 'http';
  if (inResult) {
    const valid = status === 200 && text.includes('"text":"resource_exhausted: ') && text.includes('"retryAfterMs":');
    return valid ? 'rejected' : 'other';
  }
  return status === 429 && retryAfter >= 1 && text.includes('resource_exhausted') ? 'rejected' : 'other';
}

function p99(list: readonly Seen[]): number {
  const sorted = list.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? Number.NaN;
}
