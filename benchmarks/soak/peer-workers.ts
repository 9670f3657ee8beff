/** Tools of the two upstreams and operations of the API, with their failures. */
import { setTimeout as wait } from 'node:timers/promises';

import type { Client } from './client.ts';
import { expectText } from './expected-text.ts';
import type { Worker, Workers } from './worker.ts';

const said = (text: string): string => `"text":"${text}"`;

const refusals = ['unavailable: ', 'circuit_breaker_open: ', 'resource_exhausted: '];

/** While an upstream starts again its calls are refused, or their outcome is unknown; that must pass. */
async function untilAnswered(client: Client, tool: string, text: string): Promise<void> {
  let last: string | undefined;
  for (let attempt = 0; attempt < 100; attempt++) {
    last = await client.call('modern', tool, { text });
    if (last?.includes(said(text))) return;
    expectText(last, ...refusals, 'execution_error: The upstream program ended');
    await wait(300);
  }
  throw new Error(`${tool} did not answer again: ${last?.slice(0, 300)}`);
}

const CRASH_MS = 5000;

function upstreamWorker(key: string): Worker {
  return async (client, round) => {
    for (let call = 0; call < 5; call++) await untilAnswered(client, `${key}_repeat`, `u${round}-${call}`);
    expectText(
      await client.call('modern', `${key}_fail`, { text: `f${round}` }),
      said(`f${round}`),
      ...refusals,
      'execution_error: The upstream program ended',
    );
    if (round % 2 === 0) await client.call('legacy', `${key}_slow`, { text: 'gone' }, { abortAfterMs: 40 });
    else await untilAnswered(client, `${key}_slow`, `s${round}`);
  };
}

export const peerWorkers: Workers = {
  'upstream over stdio': upstreamWorker('program'),
  'upstream over HTTP': upstreamWorker('web'),
  'upstream that crashes': async (client) => {
    const alternatives = ['unavailable: ', 'execution_error: ', 'circuit_breaker_open: '];
    expectText(await client.call('modern', 'program_crash', {}), ...alternatives);
    await wait(CRASH_MS);
  },
  'operations of an API': async (client, round) => {
    expectText(await client.call('modern', 'shop_article', { id: `a${round}` }), `a${round}`);
    expectText(await client.call('legacy', 'shop_article', { id: 'none' }), 'there is none');
    const failures = ['execution_error: ', 'circuit_breaker_open: '];
    expectText(await client.call('modern', 'shop_broken', {}), ...failures);
    if (round % 4 === 0) expectText(await client.call('modern', 'shop_late', {}), 'late');
    if (round % 32 === 0) {
      expectText(await client.call('modern', 'shop_never', {}), 'timeout: ', 'circuit_breaker_open: ');
      await client.call('modern', 'shop_late', {}, { abortAfterMs: 30 });
    }
  },
};
