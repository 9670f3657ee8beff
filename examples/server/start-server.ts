/** Starts the built server as a person would, for the examples that need one, and stops it at the end of the scope. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RunningServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Sends a request with the server's key, unless the headers name another. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface StartOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** @default one that is free */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const KEY = 'example-key-of-a-running-server';

export async function startServer({ config, port = 0, env = {} }: StartOptions): Promise<RunningServer> {
  const home = mkdtempSync(join(tmpdir(), 'example-'));
  const chosen = port === 0 ? await freePort() : port;
  const args = [serverProgram(), '--transport', 'http', '--config', config, '--port', String(chosen)];
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      MCP_SECURITY_API_KEY: KEY,
      MCP_LOGGING_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  await new Promise<void>((ready, fail) => {
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      if (shown.includes('listening on http')) ready();
    });
    void closed.then(([code]) => fail(new Error(`the server ended with ${String(code)}`)));
  });
  const url = `http://127.0.0.1:${chosen}`;
  return {
    url,
    fetch: (path, init = {}) =>
      fetch(url + path, { ...init, headers: { authorization: `Bearer ${KEY}`, ...(init.headers as object) } }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await closed;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The program of the installed package, found by its `bin` entry. */
export function serverProgram(): string {
  const manifest = fileURLToPath(import.meta.resolve('@mcp/server/package.json'));
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return resolve(dirname(manifest), bin['mcp-server'] ?? '');
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
