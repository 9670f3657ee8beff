/** What a desktop client waits for: it starts a server, opens the connection, and asks for the tools. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { initializeMessage } from './requests.ts';

const LIST_ID = 1;

export interface ListedServer {
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** @param args of node. The server has a home of its own and nothing in it. @returns when it has listed its tools */
export async function firstListOverStdio(args: readonly string[]): Promise<ListedServer> {
  const home = mkdtempSync(join(tmpdir(), 'stdio-start-'));
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  send(initializeMessage);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true });
  };
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { id, result } = JSON.parse(line) as { id?: unknown; result?: { tools?: readonly unknown[] } };
      if (id === initializeMessage.id && result) {
        send({ jsonrpc: '2.0', method: 'notifications/initialized' });
        send({ jsonrpc: '2.0', id: LIST_ID, method: 'tools/list', params: {} });
      } else if (id === LIST_ID && result?.tools?.length) {
        return { startedAt, pid: child.pid ?? 0, stop };
      }
    }
    throw new Error(`${args.join(' ')} ended before it listed its tools`);
  } catch (error) {
    await stop();
    throw error;
  }
}
