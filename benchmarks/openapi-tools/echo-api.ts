/** A web service in a process of its own, so that its work is not measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const ANSWER = JSON.stringify({ article: 'A7', pieces: 7 });
const FILE = fileURLToPath(import.meta.url);

/** It ends with this process, whose end closes its stdin. @returns its origin */
export async function startEchoApi(): Promise<string> {
  const child = spawn(process.execPath, [FILE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${port.toString().trim()}`;
}

function serve(): void {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length }).end(ANSWER);
  }).listen(0, '127.0.0.1', () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
  process.stdin.on('close', () => process.exit()).resume();
}

if (process.argv[1] === FILE) serve();
