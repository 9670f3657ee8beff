/** A server in a process of its own, pinned to the first processor; the load runs on the second. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildSync } from 'esbuild';

import { API_KEY, openSession } from './requests.ts';

export interface CandidateOptions {
  readonly name: string;
  /** A file in `candidates`, or `ours`. */
  readonly server: string;
  readonly env?: Readonly<Record<string, string>>;
  /** More of it, for files in the folder of the candidate. */
  readonly envIn?: (folder: string) => Readonly<Record<string, string>>;
  /** The configuration file of ours. @default candidates/ours.yaml */
  readonly configuration?: string;
  /** Opens a session before the load. */
  readonly session?: true;
}

export interface Candidate {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly apiKey: string | undefined;
  readonly sessionId: string | undefined;
  /** A folder that is removed when the candidate is stopped; its standard error is the file `stderr` there. */
  readonly folder: string;
  /** Milliseconds from the start of the process to the line that says where it listens. */
  readonly startMs: number;
  stop(): Promise<void>;
}

const folder = fileURLToPath(new URL('candidates/', import.meta.url));
export const oursConfiguration = `${folder}ours.yaml`;
export const ourMain: string = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));

/**
 * As JavaScript, as servers are deployed: node's own reader of TypeScript takes 20 MB and a tenth of a second of whoever uses
 * it. Ours is given its tools the same way.
 */
buildSync({
  entryPoints: readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => folder + name),
  outdir: `${folder}dist`,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});

export function candidateFile(name: string): string {
  return `${folder}dist/${name.replace(/\.ts$/u, '.js')}`;
}

export async function startCandidate(options: CandidateOptions, processor = '0'): Promise<Candidate> {
  const ours = options.server === 'ours';
  const { configuration = oursConfiguration } = options;
  const command = ours ? [ourMain, '--config', configuration] : [candidateFile(options.server)];
  const own = mkdtempSync(join(tmpdir(), 'benchmark-'));
  const stderr = openSync(join(own, 'stderr'), 'a');
  const startedAt = performance.now();
  const child = spawn('taskset', ['-c', processor, process.execPath, ...command], {
    // No load balancer has to notice that it stops.
    env: { ...process.env, MCP_SERVER_DRAIN_DELAY: '0', ...options.envIn?.(own), ...options.env },
    stdio: ['ignore', 'pipe', stderr],
  });
  closeSync(stderr);
  const port = await portOf(child, options.name);
  const startMs = performance.now() - startedAt;
  const apiKey = ours ? API_KEY : undefined;
  const sessionId = options.session ? await openSession(port, apiKey) : undefined;
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.name} has no process`);
  return {
    name: options.name,
    port,
    pid,
    apiKey,
    sessionId,
    startMs,
    folder: own,
    async stop() {
      const closed = once(child, 'close');
      child.kill(ours ? 'SIGTERM' : 'SIGKILL');
      await closed;
      rmSync(own, { recursive: true, force: true });
    },
  };
}

function portOf(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /listening on http:\/\/127\.0\.0\.1:(?<port>\d+)/.exec(said)?.groups?.['port'];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('close', (code) => reject(new Error(`${name} ended with code ${code} before it listened`)));
  });
}

export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(?<kb>\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kb']) / 1024;
}
