/** A server that a person started on a terminal: SIGHUP reads its configuration again, and it stops when the terminal is closed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

import { freePort, scratch, serverProgram } from './harness/server-process.ts';
import { childrenOf } from './harness/processes.ts';

const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
const poll = { timeout: 20_000, interval: 50 };

const configuration = (port: number, description: string): string => `
server: { port: ${port} }
security: { auth: none }
logging: { format: json }
tools: { shout: { description: ${description}, command: echo, args: [hello] } }
`;

test.runIf(hasScript)('SIGHUP reloads, and a closed terminal stops the server', { timeout: 60_000 }, async () => {
  using place = scratch();
  const port = await freePort();
  const configFile = place.write('config.yaml', configuration(port, 'Prints a word'));
  const command = `exec "${process.execPath}" "${serverProgram}" --transport http --config "${configFile}" 2>"${place.folder}/log"`;
  const terminal = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], HOME: place.folder, SHELL: '/bin/sh' },
  });
  let shown = '';
  terminal.stdout.on('data', (text: Buffer) => (shown += String(text)));
  const address = (): string => /http:\/\/127\.0\.0\.1:\d+/u.exec(shown)?.[0] ?? '';
  await expect.poll(address, poll).not.toBe('');
  const [pid = 0] = childrenOf(terminal.pid!);
  const description = async (): Promise<unknown> =>
    ((await (await fetch(`${address()}/tools/shout`)).json()) as { description: unknown }).description;

  place.write('config.yaml', configuration(port, 'Prints another word'));
  process.kill(pid, 'SIGHUP');
  await expect.poll(description, poll).toBe('Prints another word');

  terminal.kill('SIGKILL');
  await once(terminal, 'exit');
  const isReached = (): Promise<boolean> => description().then(Boolean, () => false);
  await expect.poll(isReached, poll).toBe(false);
});
