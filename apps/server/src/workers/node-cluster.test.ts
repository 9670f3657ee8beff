/** What worker-connections.ts reads from node:cluster and sends to it is not documented: tried with the Node that runs this test. */
import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('test-support/cluster-of-one.ts', import.meta.url));

/** What three clients get that connect while the only worker takes no connection, and one that connects after it stopped listening. */
function results(end: 'SIGCONT' | 'SIGKILL'): Promise<unknown> {
  const { stdout } = spawn(process.execPath, ['--conditions=@mcp/source', PROGRAM, end], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return json(stdout);
}

describe.skipIf(process.platform === 'win32')('with the node:cluster of this Node version', () => {
  test('a worker gets every connection that waits before it stops listening', async () => {
    expect(await results('SIGCONT')).toEqual(['taken', 'taken', 'taken', 'ECONNREFUSED']);
  });

  test('the connections of a worker that is killed are closed', async () => {
    expect(await results('SIGKILL')).toEqual(['', '', '', 'ECONNREFUSED']);
  });
});
