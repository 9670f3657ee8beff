/** A PostgreSQL of a test's own on a free port, which the test stops and starts; ended by its own process id. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './server-process.ts';

/** Debian keeps the programs of each version in a folder of its own. */
const folder = globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1) ?? '/usr/bin';

/** PostgreSQL does not run as root. */
const user = ((): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
})();

export const canRunPostgres: boolean = existsSync(join(folder, 'initdb')) && (user === undefined || user.uid > 0);

export class PostgresServer implements AsyncDisposable {
  readonly #data = mkdtempSync(join(tmpdir(), 'mcp-postgres-'));
  #port = 0;
  #child: ChildProcess | undefined;

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  async start(): Promise<this> {
    if (this.#port === 0) await this.#initialize();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'].flatMap((set) => [
      '-c',
      set,
    ]);
    const child = spawn(join(folder, 'postgres'), ['-D', this.#data, '-p', String(this.#port), ...settings], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    });
    this.#child = child;
    let said = '';
    while (!said.includes('ready to accept connections')) {
      const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
      said += chunk.toString();
    }
    child.stderr.resume();
    return this;
  }

  /** Disconnects everybody. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGINT');
    await once(child, 'exit');
  }

  /** Rows as lines, columns between bars. */
  query(sql: string): string {
    const { status, stdout, stderr } = spawnSync(join(folder, 'psql'), [this.url, '-XAtqc', sql], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`psql failed: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #initialize(): Promise<void> {
    this.#port = await freePort();
    if (user) chownSync(this.#data, user.uid, user.gid);
    const args = ['-D', this.#data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'];
    const { status, stderr } = spawnSync(join(folder, 'initdb'), args, { encoding: 'utf8', ...user });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  }
}
