/** Real programs in front of the server: HAProxy, nginx and Java's HttpClient, each skipped where it is not installed. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { apiKey, freePort, scratch, startHttpServer, type HttpServerProcess } from '../harness/server-process.ts';

const isInstalled = (program: string, ...args: string[]): boolean => spawnSync(program, args).error === undefined;

let server: HttpServerProcess;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startHttpServer();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});
afterAll(() => server.stop());

function start(program: string, args: readonly string[]): void {
  children.push(spawn(program, args, { stdio: 'ignore' }));
}

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'proxied', version: '1' } },
});
const headers = {
  authorization: `Bearer ${apiKey}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

describe.skipIf(!isInstalled('haproxy', '-v'))('HAProxy', () => {
  test.each([
    'option httpchk',
    'option httpchk /health/ready',
    'option httpchk GET /health/ready',
    'option httpchk GET /health/ready HTTP/1.0',
  ])('takes the server for healthy with %s', async (check) => {
    using place = scratch();
    const port = await freePort();
    const { host } = new URL(server.url);
    const file = place.write(
      'haproxy.cfg',
      `defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
  timeout check 10s
frontend f
  bind 127.0.0.1:${port}
  stats enable
  stats uri /statistics
  default_backend b
backend b
  ${check}
  http-request set-header Host ${host}
  server s1 ${host} check inter 100ms rise 1 fall 1
`,
    );
    start('haproxy', ['-db', '-f', file]);
    const statistics = (): Promise<string> =>
      fetch(`http://127.0.0.1:${port}/statistics;csv`).then(
        (response) => response.text(),
        () => '',
      );
    // The result of the last check: L7OK, or L7STS for a wrong status; behind a star while the next check runs.
    await expect.poll(statistics).toMatch(/^b,s1,.*,(?:\* )?L7/mu);
    expect(await statistics()).toMatch(/^b,s1,.*,(?:\* )?L7OK,/mu);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });
});

describe.skipIf(!isInstalled('nginx', '-v'))('nginx', () => {
  test('with the websocket snippet, gzip and a slash at the end passes MCP on', async () => {
    using place = scratch();
    const port = await freePort();
    const file = place.write(
      'nginx.conf',
      `daemon off;
pid ${place.folder}/nginx.pid;
error_log ${place.folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${place.folder}/body;
  proxy_temp_path ${place.folder}/proxy;
  fastcgi_temp_path ${place.folder}/fastcgi;
  uwsgi_temp_path ${place.folder}/uwsgi;
  scgi_temp_path ${place.folder}/scgi;
  gzip on;
  gzip_proxied any;
  gzip_types *;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${server.url};
      proxy_http_version 1.1;
      proxy_set_header Host ${new URL(server.url).host};
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_buffering off;
    }
  }
}
`,
    );
    start('nginx', ['-p', place.folder, '-c', file]);
    const post = async (path: string, extra: Record<string, string> = {}): Promise<number> =>
      (
        await fetch(`http://127.0.0.1:${port}${path}`, {
          method: 'POST',
          headers: { ...headers, ...extra },
          body: initialize,
        })
      ).status;
    await expect.poll(() => post('/mcp').catch(() => 0)).toBe(200);
    expect(await post('/mcp/')).toBe(200);
  });
});

const javaProgram = `
import java.net.URI;
import java.net.http.*;
public class Client {
  public static void main(String[] args) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(args[0] + "/mcp"))
      .header("Authorization", "Bearer " + args[1])
      .header("Content-Type", "application/json")
      .header("Accept", "application/json, text/event-stream")
      .POST(HttpRequest.BodyPublishers.ofString(args[2])).build();
    var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    System.out.println(response.statusCode() + " " + response.body());
  }
}
`;

describe.skipIf(!isInstalled('java', '-version'))("Java's HttpClient", () => {
  test('with its defaults, which offer h2c, opens a session', async () => {
    using place = scratch();
    const file = place.write('Client.java', javaProgram);
    const child = spawn('java', [file, server.url, apiKey, initialize], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    expect(output).toMatch(/^200 /u);
    expect(output).toContain('"protocolVersion":"2025-11-25"');
  });
});
