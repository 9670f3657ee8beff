import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Reads the first start's text to its end. @throws {Error} with that text when the server does not listen on the port */
export async function untilListening(server: ChildProcess, port: number): Promise<void> {
  let shown = '';
  for await (const text of server.stdout ?? []) {
    shown += String(text);
    if (shown.includes('Stop with Ctrl-C')) break;
  }
  if (!shown.includes(`listening on http://127.0.0.1:${port}`)) throw new Error(`the server did not start:\n${shown}`);
}

export async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}
