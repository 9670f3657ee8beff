import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { createJwksFetch } from './jwks-fetch.ts';

let issuer: Server;
let requests = 0;

async function listen(handle: RequestListener): Promise<URL> {
  requests = 0;
  issuer = createServer((request, response) => {
    requests += 1;
    handle(request, response);
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  return new URL(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`);
}

afterEach(async () => {
  issuer.closeAllConnections();
  issuer.close();
  await once(issuer, 'close');
});

test('a key set is passed on', async () => {
  const url = await listen((_, response) => response.end('{"keys":[]}'));
  expect(await createJwksFetch(new ManualClock())(url, 5000)).toEqual({ keys: [] });
});

test('no more than 512 KiB are read, whatever the issuer sends', async () => {
  let sent = 0;
  const url = await listen((_, response) => {
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      response.once('drain', more);
    };
    more();
  });
  await expect(createJwksFetch(new ManualClock())(url, 5000)).rejects.toThrow('larger than 524288 bytes');
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test.each([
  ['an error status', 500, '{"keys":[]}', 'status 500'],
  ['a redirect', 302, '', 'status 302'],
  ['no JSON', 200, '<html>', 'JSON'],
  ['JSON without keys', 200, '{"error":"later"}', 'no key set'],
  ['keys that are none', 200, '{"keys":["a"]}', 'no key set'],
  ['a list', 200, '[]', 'no key set'],
])('after %s no other fetch is made for five seconds', async (_what, status, body, message) => {
  const url = await listen((_, response) => response.writeHead(status).end(body));
  const clock = new ManualClock();
  const fetchKeys = createJwksFetch(clock);
  const fails = (text: string): Promise<void> => expect(fetchKeys(url, 5000)).rejects.toThrow(text);
  await fails(message);
  for (let i = 0; i < 20; i += 1) await fails('failed a moment ago');
  expect(requests).toBe(1);
  clock.advance(5_000);
  await fails(message);
  expect(requests).toBe(2);
});
