/** One server under test in a process of its own, with the probe in it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Probe } from './probe.ts';

export interface ServerSample extends Probe {
  /** Without the text of programs and libraries, whose pages the kernel drops and reads again as it likes. */
  readonly residentMb: number;
  readonly descriptors: number;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const LISTENING = /listening on http:\/\/127\.0\.0\.1:(?<port>\d+)/;

export class ProbedServer {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(configFile: string, environment: Readonly<Record<string, string>>): Promise<ProbedServer> {
    const main = here('../../apps/server/dist/main.js');
    const args = ['--expose-gc', '--import', here('probe.ts'), main, '--config', configFile];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...environment },
    });
    // A run that fails must not leave a server behind.
    process.once('exit', () => child.kill('SIGKILL'));
    return new ProbedServer(child, await portOf(child));
  }

  async sample(): Promise<ServerSample> {
    const { pid = 0 } = this.#child;
    const answered = once(this.#child, 'message');
    this.#child.send('probe');
    const [probe] = (await answered) as [Probe];
    const kb = /RssAnon:\s+(?<kb>\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kb'];
    return { ...probe, residentMb: Number(kb) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [code] = (await closed) as [number | null];
    return code;
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = LISTENING.exec(said)?.groups?.['port'];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('close', (code) => reject(new Error(`the server ended with code ${code} before it listened`)));
  });
}
