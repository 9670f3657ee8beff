/** Servers and names that mean harm: what they can make this package do. */
import { afterEach, describe, expect, test } from 'vitest';

import { startLocalApi, type LocalApi } from '../test-support/local-api.ts';
import { ApiClient, type ApiClientOptions } from './api-client.ts';

const GET = { method: 'GET', path: '/', query: '', headers: {} } as const;
const LIMIT = 64 * 1024;

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function serve(answer?: Parameters<typeof startLocalApi>[0]): Promise<LocalApi> {
  const api = await startLocalApi(answer);
  open.push(api);
  return api;
}

function clientOf(baseUrl: string, more: Partial<ApiClientOptions> = {}): ApiClient {
  const client = new ApiClient({ baseUrl, private: true, plaintext: true, ...more });
  open.push(client);
  return client;
}

const send = (client: ApiClient, signal = new AbortController().signal): ReturnType<ApiClient['send']> =>
  client.send(GET, { signal, maxBytes: LIMIT });

describe('a name', () => {
  const portOf = ({ url }: LocalApi): string => new URL(url).port;

  test('whose answer changes is connected to at the address that was checked, and refused where the new one is none', async () => {
    const api = await serve((_, response) => void response.writeHead(200, { connection: 'close' }).end('x'));
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const resolver = async (): Promise<string[]> => answers.shift() ?? [];
    const client = clientOf(`http://api.example:${portOf(api)}`, { resolver });
    expect(await send(client)).toMatchObject({ status: 200 });
    // The first connection took its address from the answer that was checked: nothing asked a second time.
    expect(answers).toHaveLength(1);
    await expect(send(client)).rejects.toMatchObject({ type: 'unavailable' });
    expect([answers.length, api.received.length]).toEqual([0, 1]);
  });

  test.each([
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::1',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::ffff:169.254.169.254',
    '::a9fe:a9fe',
    '2001:db8::5efe:a9fe:a9fe',
    'fd00::200:5efe:6464:64c8',
    '::',
  ])(
    'that leads to %s besides another address is refused, also where private addresses are allowed',
    async (address) => {
      const api = await serve();
      const client = clientOf(`http://api.example:${portOf(api)}`, { resolver: async () => ['127.0.0.1', address] });
      await expect(send(client)).rejects.toMatchObject({ type: 'unavailable' });
      expect(api.received).toEqual([]);
    },
  );

  test.each(['10.0.0.1', '192.168.0.1', '100.64.0.1', '127.0.0.1', 'fc00::1', '::1'])(
    'that leads to %s is refused where private addresses are not allowed',
    async (address) => {
      const client = clientOf('http://api.example', { private: false, resolver: async () => [address] });
      await expect(send(client)).rejects.toMatchObject({ type: 'unavailable' });
    },
  );
});

describe('a server', () => {
  test('that announces a gigabyte is read up to the limit, and its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const api = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 30 });
      const pump = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(LIMIT)));
      };
      response.on('drain', pump).on('close', () => closed.resolve());
      pump();
    });
    const response = await send(clientOf(api.url));
    expect([response.body.length, response.cut]).toEqual([LIMIT, true]);
    await closed.promise;
  });

  test('that never ends its answer is left when the caller gives up', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const api = await serve((_, response) => {
      response.on('close', () => closed.resolve()).writeHead(200);
      response.write('begun', () => controller.abort(new Error('enough')));
    });
    await expect(send(clientOf(api.url), controller.signal)).rejects.toThrow('enough');
    await closed.promise;
  });

  test('that sends endless headers is left', async () => {
    const api = await serve((request) => {
      request.socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(512 * 1024)}`);
    });
    await expect(send(clientOf(api.url))).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('headers are too large'),
    });
  });

  test.each([
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.0\r\n'],
    ['a header over two lines', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 2\r\n\r\nok'],
    ['a status that is none', 'HTTP/1.1 099 None\r\ncontent-length: 0\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['less than it announced', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'],
  ])('that sends %s has given no answer, and what changes something may have taken effect', async (_, text) => {
    const api = await serve((request) => void request.socket.end(text));
    const client = clientOf(api.url);
    const reason = expect.not.stringMatching(/undefined|cannot be reached/);
    await expect(send(client)).rejects.toMatchObject({ type: 'unavailable', message: reason });
    const post = client.send({ ...GET, method: 'POST' }, { signal: new AbortController().signal, maxBytes: LIMIT });
    await expect(post).rejects.toMatchObject({ type: 'execution_error', message: expect.stringContaining('unknown') });
    await expect(post).rejects.toMatchObject({ message: reason });
  });

  test('that announces the length of an answer that has no content has answered', async () => {
    const api = await serve((request) => {
      request.socket.end('HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\n');
    });
    const { status, body } = await clientOf(api.url).send(
      { ...GET, method: 'DELETE' },
      { signal: new AbortController().signal, maxBytes: LIMIT },
    );
    expect([status, body.length]).toEqual([204, 0]);
  });

  test('that sends another answer behind the first is not believed', async () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n';
    const api = await serve((request) => void request.socket.end(`${answer}good${answer}evil`));
    const client = clientOf(api.url);
    const bodies = [await send(client), await send(client)].map(({ body }) => body.toString());
    expect([bodies, api.received.length]).toEqual([['good', 'good'], 2]);
  });

  test.each(['x', 'x-y: z\r\n'])('that sends headers bit by bit without end is left: %j', async (bit) => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const api = await serve(({ socket }) => {
      let bits = 0;
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      const pump = (): void => {
        if (socket.destroyed) return;
        bits += 1;
        if (bits === 10) controller.abort(new Error('enough'));
        socket.write(bit, () => setImmediate(pump));
      };
      socket.on('close', () => closed.resolve()).on('error', () => undefined);
      pump();
    });
    await expect(send(clientOf(api.url), controller.signal)).rejects.toThrow('enough');
    await closed.promise;
  });

  test.each([301, 302, 303, 307, 308])(
    'that redirects with %d to a metadata address causes no request',
    async (status) => {
      const target = await serve();
      const api = await serve((_, response) => {
        response.writeHead(status, { location: `http://169.254.169.254:${new URL(target.url).port}/latest` }).end();
      });
      expect(await send(clientOf(api.url))).toMatchObject({ status });
      expect([api.received.length, target.received.length]).toEqual([1, 0]);
    },
  );

  test('that answers in a compressed form is not asked for one, and nothing is unpacked', async () => {
    const api = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from('1f8b', 'hex'));
    });
    expect((await send(clientOf(api.url))).body).toEqual(Buffer.from('1f8b', 'hex'));
    expect(api.received[0]?.headers['accept-encoding']).toBe('identity');
  });
});

test('requests are counted by what came of them', async () => {
  const statuses = [200, 503, 404];
  const api = await serve((request, response) => {
    const status = statuses.shift();
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status).end('four');
  });
  const client = clientOf(api.url);
  for (let sent = 0; sent < 3; sent += 1) await send(client);
  expect(client.counts).toMatchObject({ requests: 3, failed: 0, serverErrors: 1, failedInARow: 0, bytesRead: 12 });
  // GET is repeated once.
  await expect(send(client)).rejects.toMatchObject({ type: 'unavailable' });
  expect(client.counts).toMatchObject({ requests: 5, failed: 2, serverErrors: 1, failedInARow: 2, bytesRead: 12 });
  expect(client.counts.waitedMs).toBeGreaterThan(0);
  expect(client.tokenState).toBeUndefined();
});
