/** A client without an SDK, in both eras and over both transports, that keeps every byte it is sent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { apiKey, cleanEnvironment, serverProgram } from '../harness/server-process.ts';

export interface RawClient extends AsyncDisposable {
  readonly name: string;
  /** Everything that was sent for a request: its notifications and its response. */
  ask(method: string, params: Readonly<Record<string, unknown>>): Promise<string>;
  /** The messages that answer a text, which may be no message. @param about what the headers of HTTP say of it */
  exchange(text: string, about?: { readonly method: string; readonly name?: string }): Promise<string[]>;
}

type Era = '2025' | '2026';

export const json = {
  authorization: `Bearer ${apiKey}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
const clientInfo = { name: 'raw', version: '1' };
const initialize = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };

function envelope(era: Era, progressToken: number): object {
  if (era === '2025') return { progressToken };
  return {
    progressToken,
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/logLevel': 'debug',
  };
}

export async function overHttp(url: string, era: Era): Promise<RawClient> {
  let lastId = 0;
  const postText = (body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/mcp`, { method: 'POST', headers: { ...json, ...headers }, body });
  const post = (body: object, headers: Record<string, string>): Promise<Response> =>
    postText(JSON.stringify(body), headers);
  const session: Record<string, string> = {};
  const headersOf = (about?: { readonly method: string; readonly name?: string }): Record<string, string> => ({
    ...(era === '2026' && { 'mcp-protocol-version': '2026-07-28' }),
    ...(era === '2026' && about && { 'mcp-method': about.method }),
    ...(era === '2026' && about?.name !== undefined && { 'mcp-name': about.name }),
    ...session,
  });
  const client: RawClient = {
    name: `${era} over HTTP`,
    async ask(method, params) {
      const id = (lastId += 1);
      const subject = params['name'] ?? params['uri'];
      const headers = headersOf({ method, ...(typeof subject === 'string' && { name: subject }) });
      const body = { jsonrpc: '2.0', id, method, params: { ...params, _meta: envelope(era, id) } };
      return (await post(body, headers)).text();
    },
    async exchange(text, about) {
      const said = await (await postText(text, headersOf(about))).text();
      return said.split('\n').flatMap((line) => /^(?:data: )?(?<message>[[{].*)/.exec(line)?.groups?.['message'] ?? []);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  if (era === '2025') {
    const response = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: initialize }, {});
    session['mcp-session-id'] = response.headers.get('mcp-session-id') ?? '';
    await response.text();
    await client.ask('logging/setLevel', { level: 'debug' });
  }
  return client;
}

export async function overStdio(folder: string, configFile: string, era: Era): Promise<RawClient> {
  const child = spawn(process.execPath, [serverProgram, '--config', configFile], {
    env: cleanEnvironment(folder),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = new Map<unknown, (said: string) => void>();
  let said = '';
  createInterface(child.stdout).on('line', (line) => {
    said += `${line}\n`;
    const { id } = JSON.parse(line) as { id?: unknown };
    const answered = waiting.get(id);
    if (answered === undefined) return;
    waiting.delete(id);
    answered(said);
    said = '';
  });
  let lastId = 0;
  const send = (message: object): boolean => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client: RawClient = {
    name: `${era} over stdio`,
    ask(method, params) {
      const id = (lastId += 1);
      const answer = new Promise<string>((resolve) => waiting.set(id, resolve));
      send({ id, method, params: { ...params, ...(method !== 'initialize' && { _meta: envelope(era, id) }) } });
      return answer;
    },
    async exchange(text) {
      child.stdin.write(`${text}\n`);
      // What is answered before the next request is the answer to the text.
      return (await client.ask('tools/list', {})).trimEnd().split('\n').slice(0, -1);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
  if (era === '2025') {
    await client.ask('initialize', initialize);
    send({ method: 'notifications/initialized' });
    await client.ask('logging/setLevel', { level: 'debug' });
  }
  return client;
}
