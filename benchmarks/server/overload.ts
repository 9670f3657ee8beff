/**
 * What happens to those who are served when three times as many come as can be? A tool of 50 ms that runs four at a time
 * serves 80 calls a second; requests arrive at a fixed rate, whether or not the last ones were answered.
 */
import { request, Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { machineLine } from '../harness/paired.ts';
import { startContestant } from './contestant.ts';
import { quick } from './quick.ts';
import { API_KEY } from './requests.ts';

interface Seen {
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: string | undefined;
}

const capacity = 80;
const seconds = quick ? 2 : 8;
const server = await startContestant({ name: '@mcp/server', server: 'ours' });
const agent = new Agent({ keepAlive: true, maxSockets: 200 });

await phase(20, 1);
const unloaded = await phase(capacity / 4, seconds);
const calm = p99(unloaded);
const overloaded = await phase(capacity * 3, seconds);
const recovery = await recoveryMs();
agent.destroy();
await server.stop();

const admitted = overloaded.filter(({ status }) => status === 200);
const shed = overloaded.filter(({ status }) => status === 429);
const busy = p99(admitted);
const checks: [string, string, boolean][] = [
  ['unloaded, all served', `p99 ${calm.toFixed(0)} ms`, unloaded.every(({ status }) => status === 200)],
  [
    'at three times the capacity, served',
    `${((admitted.length / seconds / capacity) * 100).toFixed(0)} % of the capacity`,
    admitted.length > capacity * seconds * 0.8,
  ],
  ['p99 of those served', `${busy.toFixed(0)} ms, ${(busy / calm).toFixed(2)} times unloaded`, busy <= calm * 2],
  [
    'the others: 429 with Retry-After',
    `${shed.length}, in ${p99(shed).toFixed(0)} ms (p99)`,
    shed.length > 0 && shed.every(({ retryAfter }) => Number(retryAfter) >= 1),
  ],
  [
    'anything else',
    String(overloaded.length - admitted.length - shed.length),
    overloaded.length === admitted.length + shed.length,
  ],
  ['served at the unloaded pace again after', `${recovery.toFixed(0)} ms`, recovery <= 1000],
];
process.stdout.write(
  [
    '### Three times the capacity',
    '',
    `${machineLine()}; ${seconds} s each.`,
    '',
    '| | | |',
    '|---|---|---|',
    ...checks.map(([what, value, ok]) => `| ${what} | ${value} | ${ok ? 'ok' : 'FAILED'} |`),
    '',
    '',
  ].join('\n'),
);
process.exitCode = checks.every(([, , ok]) => ok) ? 0 : 1;

async function phase(perSecond: number, duration: number): Promise<Seen[]> {
  const asked: Promise<Seen>[] = [];
  const startedAt = performance.now();
  for (let sent = 0; sent < perSecond * duration; sent++) {
    const due = startedAt + (sent / perSecond) * 1000;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    asked.push(call());
  }
  return Promise.all(asked);
}

/** From the last answer of the overload on. */
async function recoveryMs(): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { status, ms } = await call();
    if ((status === 200 && ms < calm * 1.2) || performance.now() - startedAt > 10_000)
      return performance.now() - startedAt;
    await wait(20);
  }
}

function call(): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const body = '{"arguments":{}}';
    const sent = request(
      {
        agent,
        port: server.port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/tools/work/execute',
        headers: {
          authorization: `Bearer ${API_KEY}`,
          'content-type': 'application/json',
          'content-length': body.length,
        },
      },
      (response) => {
        response.resume().once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            ms: performance.now() - startedAt,
            retryAfter: response.headers['retry-after'],
          }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

function p99(list: readonly Seen[]): number {
  const sorted = list.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? Number.NaN;
}
