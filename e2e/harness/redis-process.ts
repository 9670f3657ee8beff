/** A Redis of a test's own on a free port, without a disk; ended by its own process id. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { freePort } from './server-process.ts';

export const canRunRedis: boolean = spawnSync('redis-server', ['--version']).status === 0;

export class RedisProcess implements AsyncDisposable {
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Empty: it keeps nothing on disk. */
  async start(): Promise<void> {
    const args = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    let said = '';
    while (!said.includes('Ready to accept connections')) {
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      said += chunk.toString();
    }
    child.stdout.resume();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** Takes connections and answers nothing until {@link resume}. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** A command over its protocol, and what it prints. */
  command(...words: readonly string[]): string {
    return spawnSync('redis-cli', ['-p', `${this.port}`, ...words], { encoding: 'utf8' }).stdout.trim();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
