/** A web service on loopback that says what it was sent, behind access tokens that it issues for client credentials. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StyleApi extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly {
    readonly url: string;
    readonly headers: NodeJS.Dict<string | string[]>;
    readonly body: string;
  }[];
  readonly tokensIssued: number;
}

const CLIENT = `Basic ${Buffer.from('example:secret1234').toString('base64')}`;

export async function startStyleApi(): Promise<StyleApi> {
  const requests: StyleApi['requests'][number][] = [];
  let tokensIssued = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      const answer = (status: number, value: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      };
      if (url === '/token') {
        if (headers.authorization !== CLIENT) return answer(401, { error: 'invalid_client' });
        tokensIssued += 1;
        return answer(200, { access_token: `token-${tokensIssued}`, token_type: 'Bearer', expires_in: 3600 });
      }
      if (headers.authorization !== `Bearer token-${tokensIssued}`) return answer(401, { error: 'invalid_token' });
      requests.push({ url, headers, body });
      answer(200, { received: url });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    get tokensIssued() {
      return tokensIssued;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
