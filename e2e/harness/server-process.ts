import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The key of every server in these tests. */
export const apiKey = 'e2e-key-0123456789abcdef';

/** The built server, found by the `bin` entry of its package. */
export const serverProgram: string = (() => {
  const manifest = fileURLToPath(import.meta.resolve('@mcp/server/package.json'));
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return resolve(dirname(manifest), bin['mcp-server'] ?? '');
})();

/** A configuration for calls: loopback as a target, a harmless program, and one that times out. */
export const testConfiguration = `
security:
  allowedTargets: [loopback]
  rateLimit: { requests: 10000, window: 60 }
tools:
  shout:
    description: Prints its word
    command: echo
    args: ['{word}']
    parameters: { word: { type: string, maxLength: 40 } }
  slow:
    description: Takes longer than it may
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 1, max: 60 } }
    timeout: 1s
`;

export interface Scratch extends Disposable {
  readonly folder: string;
  /** Writes a file into the folder and returns its path. */
  write(name: string, text: string): string;
}

export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-e2e-'));
  return {
    folder,
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An environment without the variables of the person who runs the tests; generated files are in `folder`. */
export function cleanEnvironment(folder: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    ...extra,
  };
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the server's program until it exits. */
export async function runServer(args: readonly string[], env?: Record<string, string>): Promise<Finished> {
  using place = scratch();
  return await runProgram(process.execPath, [serverProgram, ...args], cleanEnvironment(place.folder, env));
}

/** Runs a program until it exits. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Finished> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output() };
}

export interface HttpServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;
  readonly configFile: string;
  output(): { stdout: string; stderr: string };
  /** Resolves with the exit code. */
  readonly closed: Promise<number | null>;
  /** Sends SIGTERM and waits for the exit. */
  stop(): Promise<number | null>;
}

export interface HttpServerOptions {
  readonly configuration?: string;
  /** An existing file, instead of `configuration`. */
  readonly configFile?: string;
  readonly env?: Record<string, string>;
  readonly port?: number;
}

/** Starts the server over HTTP and waits until it reports that it listens. */
export async function startHttpServer(options: HttpServerOptions = {}): Promise<HttpServerProcess> {
  const place = scratch();
  const configFile = options.configFile ?? place.write('config.yaml', options.configuration ?? testConfiguration);
  const port = options.port ?? (await freePort());
  const child = spawn(
    process.execPath,
    [serverProgram, '--transport', 'http', '--config', configFile, '--port', String(port)],
    {
      env: cleanEnvironment(place.folder, {
        MCP_SECURITY_API_KEY: apiKey,
        MCP_SERVER_DRAIN_DELAY: '0',
        ...options.env,
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = collect(child);
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const url = await new Promise<string>((ready, fail) => {
    child.stdout.on('data', () => {
      const listening = /listening on (?<url>http:\S+)/u.exec(output().stdout);
      if (listening?.groups?.['url']) ready(listening.groups['url']);
    });
    void closed.then((code) => fail(new Error(`the server ended with ${code}: ${output().stderr}`)));
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const code = await closed;
    place[Symbol.dispose]();
    return code;
  };
  return {
    url,
    process: child,
    configFile,
    output,
    closed,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Below those that the system gives to outgoing connections: one of these may take a port before the server that it is meant for. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return () => ({ stdout, stderr });
}
