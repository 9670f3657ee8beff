/** What a test needs to run the shell blocks of the documents as they are written: a folder, and the programs that they name. */
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { type Finished, runProgram } from '../run-program.ts';

const MAIN = resolve('apps/server/dist/main.js');

/** A stand-in for a program that no test machine has. It fails for a file of this repository that does not exist. */
const ABSENT = `
for word in "$@"; do
  word="\${word#*file=}"
  case "$word" in deploy/*|*.json) [ -e "$word" ] || { echo "$0: no $word" >&2; exit 1; };; esac
done`;

const programs: Readonly<Record<string, string>> = {
  // A client is added without a terminal to confirm on.
  'mcp-server': `
case "$*" in *--print*) ;; 'client add'*) set -- "$@" --yes;; esac
exec "${process.execPath}" "${MAIN}" "$@"`,
  // This clone is installed and built, so what is left of pnpm is exec.
  npx: `
case "$1" in -y) shift;; --no) shift 2;; esac
case "$1" in pnpm@*) [ "$2" = exec ] || exit 0; shift 2;; esac
exec "$@"`,
  // Beside the server of the test, until it is ready.
  served: `
export MCP_SERVER_PORT=$FREE_PORT
"$@" & server=$!
until curl -fs "http://127.0.0.1:$MCP_SERVER_PORT/health/ready" >/dev/null; do kill -0 $server && sleep 0.2 || exit 1; done
kill $server; wait $server`,
  uuidgen: 'cat /proc/sys/kernel/random/uuid',
  nmap: 'echo "Nmap done: 0 hosts up"',
  backup: 'echo done',
  ...Object.fromEntries(
    ['docker', 'buildah', 'podman', 'kubectl', 'helm', 'systemctl', 'npm', 'claude'].map((name) => [name, ABSENT]),
  ),
};

interface Ports {
  /** Of the server that the commands find. */
  readonly server: number;
  /** For one that a block starts. */
  readonly free: number;
}

export interface Workplace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a block in the folder. It ends at the first command that fails. */
  run(block: string): Promise<Finished>;
}

/** An empty folder in which the files of this repository are found under the paths that documents give them. */
export function makeWorkplace(ports: Ports, filesIn: (folder: string) => Readonly<Record<string, string>>): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'blocks-'));
  const bin = join(folder, 'bin');
  for (const name of ['bin', 'home', 'etc', 'etc/systemd/system', 'opt/mcp-server/bin'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['deploy', 'examples', 'scripts', 'packages']) symlinkSync(resolve(name), join(folder, name));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh${script.startsWith('\n') ? '' : '\n'}${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  symlinkSync(join(bin, 'mcp-server'), join(folder, 'opt/mcp-server/bin/mcp-server'));
  for (const [name, text] of Object.entries(filesIn(folder))) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const home = join(folder, 'home');
  const env = {
    PATH: `${bin}:${resolve('node_modules/.bin')}:${process.env['PATH']}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local/state'),
    MCP_SERVER_PORT: String(ports.server),
    FREE_PORT: String(ports.free),
    // No load balancer has to notice that it stops.
    MCP_SERVER_DRAIN_DELAY: '0',
  };
  const run = (block: string): Promise<Finished> =>
    runProgram('env', ['-i', ...Object.entries(env).map((pair) => pair.join('=')), 'bash', '-euo', 'pipefail'], {
      cwd: folder,
      input: block,
      timeoutMs: 290_000,
    });
  return { folder, env, run };
}
