/** A function as a tool: a block of the README of @mcp/tool-base, which is checked against this file. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

import { callTool, defineTool, TargetPolicy, Tool } from '@mcp/tool-base';
import * as z from 'zod';

const portCheck = defineTool({
  name: 'port_check',
  description: 'Says whether a TCP port answers',
  input: z.object({ host: z.string(), port: z.number().int().min(1).max(65535) }),
  target: { parameter: 'host', kind: 'ip_or_host' },
  limits: { timeoutMs: 5_000, concurrency: 4 },
  run: async ({ port }, { target, signal }) => ({ open: await canConnect(target?.address, port, signal) }),
});

const policy = new TargetPolicy({ allowed: ['loopback', 'RFC1918', '.lab.internal'] });
const tool = new Tool(portCheck, { policy });
const check = (host: string, port: number) => callTool(tool, { arguments: { host, port }, caller: { name: 'ana' } });

/** To the address that was checked; the name is not resolved again. */
async function canConnect(host: string | undefined, port: number, signal: AbortSignal): Promise<boolean> {
  if (host === undefined) return false;
  const socket = connect({ host, port, signal });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address() as AddressInfo;
assert.equal((await check('127.0.0.1', port)).structured['open'], true);
listener.close();
await once(listener, 'close');
assert.equal((await check('127.0.0.1', port)).structured['open'], false);
const refused = await check('8.8.8.8', 53);
assert.equal(refused.error?.type, 'validation_error');
console.log(refused.error.message);
