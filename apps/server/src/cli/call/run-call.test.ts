import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { parseCall, parseTools } from './parse-call.ts';
import { runCall, runTools, type Terminal } from './run-call.ts';

let folder: string;
let server: Server;
let url: string;
let seen: { request: IncomingMessage; body: string }[];
/** What the server answers, by JSON-RPC method or path. */
let answers: Record<string, { status?: number; type?: string; body: string }>;

const tools = [
  { name: 'ping', inputSchema: { properties: { target: { type: 'string' }, count: { type: 'integer' } } } },
];
const json = (result: unknown): { body: string } => ({ body: JSON.stringify({ jsonrpc: '2.0', id: 1, result }) });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  seen = [];
  answers = { 'tools/list': json({ tools }), 'tools/call': json({ content: [{ type: 'text', text: 'pong' }] }) };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ request, body });
      const { method = request.url ?? '' } = (body === '' ? {} : JSON.parse(body)) as { method?: string };
      const { status = 200, type = 'application/json', body: answer } = answers[method]!;
      response.writeHead(status, { 'content-type': type }).end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

interface TestTerminal extends Terminal {
  readonly out: { stdout: string; stderr: string };
}

function terminal(parts: Partial<Terminal> = {}): TestTerminal {
  const out = { stdout: '', stderr: '' };
  return {
    out,
    env: { MCP_CLI_KEY: 'the-key', MCP_CLI_SERVER: url },
    stdin: (async function* () {
      yield '{"target": "10.0.0.7"}';
      await Promise.resolve();
    })(),
    stdout: { write: (part) => (out.stdout += part) },
    stderr: { isTTY: true, columns: 80, write: (part) => (out.stderr += part) },
    interrupt: new AbortController().signal,
    ...parts,
  };
}

const call = (args: readonly string[], at: Terminal): Promise<number> => runCall(parseCall(args), at);

describe('a call of a running server', () => {
  test('sends typed arguments with the key, and prints the text', async () => {
    const at = terminal();
    expect(await call(['ping', '--target', '10.0.0.7', '--count', '3'], at)).toBe(0);
    expect(at.out.stdout).toBe('pong\n');
    const { request, body } = seen.at(-1)!;
    expect(request.headers).toMatchObject({ authorization: 'Bearer the-key', 'mcp-name': 'ping' });
    expect(JSON.parse(body)).toMatchObject({
      method: 'tools/call',
      params: { name: 'ping', arguments: { target: '10.0.0.7', count: 3 }, _meta: { progressToken: 1 } },
    });
  });

  test('takes arguments from standard input, and options over them', async () => {
    const at = terminal();
    expect(await call(['ping', '--input', '-', '--count', '2'], at)).toBe(0);
    expect(JSON.parse(seen.at(-1)!.body)).toMatchObject({ params: { arguments: { target: '10.0.0.7', count: 2 } } });
  });

  test('shows progress from an event stream on the terminal', async () => {
    const progress = { method: 'notifications/progress', params: { progressToken: 1, progress: 1, total: 2 } };
    const result = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'done' }] } };
    const body = [
      ': keep-alive',
      '',
      `data: ${JSON.stringify(progress)}`,
      '',
      `data: ${JSON.stringify(result)}`,
      '',
      '',
    ];
    answers['tools/call'] = { type: 'text/event-stream', body: body.join('\n') };
    const at = terminal();
    expect(await call(['ping'], at)).toBe(0);
    expect(at.out.stderr).toContain('[##########----------]  50 %');
    expect(at.out.stderr.endsWith('\r\u001b[K')).toBe(true);
    expect(at.out.stdout).toBe('done\n');
  });

  test('prints the whole result as JSON with --json', async () => {
    const at = terminal();
    expect(await call(['ping', '--json'], at)).toBe(0);
    expect(JSON.parse(at.out.stdout)).toEqual({ content: [{ type: 'text', text: 'pong' }] });
  });

  test('ends with 3 when the tool failed, and keeps standard output empty', async () => {
    answers['tools/call'] = json({ isError: true, content: [{ type: 'text', text: 'timeout: The tool timed out.' }] });
    const at = terminal();
    expect(await call(['ping'], at)).toBe(3);
    expect(at.out).toEqual({ stdout: '', stderr: 'timeout: The tool timed out.\n' });
  });

  test('finds a tool on a later page of the list', async () => {
    answers['tools/list'] = json({ tools: [], nextCursor: 'two' });
    server.once('request', () => {
      answers['tools/list'] = json({ tools });
    });
    seen = [];
    // The first page is answered before the list changes.
    expect(await call(['ping'], terminal())).toBe(0);
  });

  test.each([
    ['an unknown tool', ['pong'], 2, /no enabled tool named pong in http/],
    ['an unknown argument', ['ping', '--host', 'x'], 2, /It takes --target, --count/],
    ['input that is no object', ['ping', '--input', '[1]'], 2, /--input takes a JSON object/],
    ['a server address that is no URL', ['ping', '--server', 'localhost:1'], 2, /--server takes an http or https URL/],
    ['a key file that is missing', ['ping', '--key-file', '/nowhere/key'], 1, /cannot be read \(ENOENT\)/],
  ])('rejects %s', async (_, args, exitCode, message) => {
    await expect(call(args, terminal())).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });

  test('rejects a named server that does not run, whose tools are not those of this process', async () => {
    server.close();
    await once(server, 'close');
    await expect(call(['ping'], terminal())).rejects.toMatchObject({
      exitCode: 1,
      message: `No server listens on ${url}. Start it, or name another one with --server.`,
    });
  });

  test('says what to do about a key that is not accepted', async () => {
    answers['tools/list'] = { status: 401, type: 'application/problem+json', body: '{}' };
    await expect(call(['ping'], terminal())).rejects.toThrow(/does not accept the API key. Set MCP_CLI_KEY/);
    await expect(call(['ping'], terminal({ env: { MCP_CLI_SERVER: url } }))).rejects.toThrow(/needs an API key/);
  });

  test('recognizes another program at that address', async () => {
    answers['tools/list'] = { status: 404, type: 'text/html', body: '<html>' };
    await expect(call(['ping'], terminal())).rejects.toThrow(/answers 404: this is not an mcp-server/);
  });

  test('ends with 130 when it is interrupted, and says what becomes of the call', async () => {
    const interruption = new AbortController();
    interruption.abort();
    const at = terminal({ interrupt: interruption.signal });
    expect(await call(['ping'], at)).toBe(130);
    expect(at.out.stderr).toMatch(/^mcp-server: Interrupted\. The server is asked to cancel the call/mu);
    expect(at.out.stdout).toBe('');
  });

  test('lists the tools', async () => {
    const listed = {
      name: 'ping',
      description: 'Send',
      enabled: true,
      excluded: false,
      available: { ok: true },
      circuitBreaker: { state: 'closed' },
    };
    answers['/tools'] = { body: JSON.stringify({ tools: [listed] }) };
    const at = terminal();
    expect(await runTools(parseTools([]), at)).toBe(0);
    expect(at.out.stdout).toBe('NAME  STATE  DESCRIPTION\nping  ready  Send\n');
    const asJson = terminal();
    await runTools(parseTools(['--json']), asJson);
    expect(JSON.parse(asJson.out.stdout)).toEqual({ source: url, tools: [listed] });
  });
});

test('the keys of this machine are not sent to other machines', async () => {
  const config = join(folder, 'c.yaml');
  writeFileSync(config, 'security: { apiKey: local-key-0123456789 }\n', { mode: 0o600 });
  const at = terminal({ env: {} });
  await call(['ping', '--server', url, '--config', config], at);
  expect(seen.at(-1)!.request.headers.authorization).toBe('Bearer local-key-0123456789');
  const { serverAddress } = await import('./connection.ts');
  const elsewhere = await serverAddress(parseTools(['--server', 'http://10.0.0.1:8080/mcp/', '--config', config]), {});
  expect(elsewhere).toEqual({ url: 'http://10.0.0.1:8080', key: undefined, isNamed: true });
});
