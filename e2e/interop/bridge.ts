/**
 * A bridge like `mcp-remote`: a program that a desktop client starts over stdio, and that forwards every message to
 * a server over HTTP and back. It uses the transports of SDK 1.x, as such programs do.
 */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const [url = '', key = ''] = process.argv.slice(2);
const remote = new StreamableHTTPClientTransport(new URL(url), {
  requestInit: { headers: { authorization: `Bearer ${key}` } },
});
const local = new StdioServerTransport();

local.onmessage = (message) => void remote.send(message).catch(fail);
remote.onmessage = (message) => {
  // A bridge reads the negotiated version from the handshake and sends it with every later request.
  if ('result' in message && 'protocolVersion' in message.result) {
    remote.setProtocolVersion(String(message.result['protocolVersion']));
  }
  void local.send(message).catch(fail);
};
local.onclose = () => void remote.close();
remote.onclose = () => process.exit();
remote.onerror = fail;
process.stdin.once('end', () => void remote.close());

await remote.start();
await local.start();

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
