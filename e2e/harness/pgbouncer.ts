/** A PgBouncer of a test's own in transaction mode, in front of a PostgreSQL; ended by its own process id. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './server-process.ts';

const search = { encoding: 'utf8', env: { PATH: `${process.env['PATH']}:/usr/sbin` } } as const;
export const canRunPgbouncer: boolean = spawnSync('pgbouncer', ['--version'], search).status === 0;

export interface Pgbouncer extends AsyncDisposable {
  readonly url: string;
}

/** With the settings of Debian's package, apart from where it listens and the mode. */
export async function startPgbouncer(postgresPort: number): Promise<Pgbouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  const port = await freePort();
  writeFileSync(users, '"postgres" ""\n');
  writeFileSync(
    file,
    `[databases]
* = host=127.0.0.1 port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = 8
`,
  );
  const args = [file];
  // It does not run as root.
  if (process.getuid?.() === 0) {
    chownSync(folder, Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout), 0);
    args.unshift('-u', 'postgres');
  }
  const child = spawn('pgbouncer', args, { env: search.env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  while (!said.includes('process up')) {
    const [chunk] = (await once(child.stderr, 'data')) as [Buffer];
    said += chunk.toString();
  }
  child.stderr.resume();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
