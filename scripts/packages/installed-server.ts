import { realpathSync } from 'node:fs';

import type { Consumer } from './consumer.ts';
import type { NodeVersion } from './node-versions.ts';
import { mustRun, runProgram } from '../run-program.ts';

/** `mcp-server --version` from the installed tarball prints the version of its manifest and nothing else. */
export async function checkVersion(consumer: Consumer, version: string): Promise<void> {
  const { stdout } = await mustRun(consumer.program('mcp-server'), ['--version'], {
    cwd: consumer.folder,
    timeoutMs: 30_000,
  });
  if (stdout !== `${version}\n`) throw new Error(`printed ${JSON.stringify(stdout)}, expected ${version}`);
}

/** A Node that is too old gets one sentence, not a SyntaxError of some file. */
export async function checkRefusal(consumer: Consumer, node: NodeVersion): Promise<void> {
  const { code, stderr } = await runProgram(node.program, [realpathSync(consumer.program('mcp-server'))]);
  const expected = `mcp-server: This is Node ${node.version}; the server needs `;
  if (code !== 1 || !stderr.startsWith(expected)) throw new Error(`ended with ${code}\n${stderr}`);
}

/** In an empty folder it answers a client on stdin, writes only protocol to stdout, and ends with its input. */
export async function checkStdio(consumer: Consumer, node: string = process.execPath): Promise<void> {
  const requests = [
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'package-check', version: '0' },
      },
    },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', id: 2, method: 'tools/list' },
  ];
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  const { stdout } = await mustRun(node, [realpathSync(consumer.program('mcp-server'))], {
    cwd: consumer.folder,
    input,
    timeoutMs: 30_000,
  });
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id?: number; result?: { tools?: unknown[] } });
  const tools = answers.find(({ id }) => id === 2)?.result?.tools ?? [];
  if (tools.length === 0) throw new Error(`no tools in the answers:\n${stdout}`);
}
