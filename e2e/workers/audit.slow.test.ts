/** Four workers under as many calls as they take, whose audit one process writes into one SQLite file. */
import { readdirSync, readlinkSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';

import { scratch, startHttpServer } from '../harness/server-process.ts';
import { headers } from '../harness/tool-requests.ts';
import { childrenOf } from '../harness/processes.ts';

const CONNECTIONS = 32;
const CALLS = 100;

const module = `
import { defineTool, fromJsonSchema } from '@mcp/server';
const input = fromJsonSchema({ type: 'object', properties: { word: { type: 'string' } }, required: ['word'] });
export const tools = [
  defineTool({ name: 'say', description: 'Says its word', input, limits: { concurrency: 100, queue: { size: 1000 } }, run: ({ word }) => word }),
];
`;
const configuration = `
server: { workers: 4 }
security: { rateLimit: { requests: 1000000, window: 60, burst: 1000000 } }
database: { url: 'sqlite:./audit.db' }
modules: [./say.mjs]
`;

const filesOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return 'closed meanwhile';
    }
  });

test(
  'every call of four workers is in the audit once, and only the primary has its file',
  { timeout: 300_000 },
  async () => {
    using place = scratch();
    place.write('say.mjs', module);
    await using server = await startHttpServer({ configFile: place.write('config.yaml', configuration) });
    const call = (agent: Agent, word: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request(`${server.url}/tools/say/execute`, { method: 'POST', headers, agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        });
        sent.on('error', reject).end(JSON.stringify({ arguments: { word } }));
      });
    const statuses = new Map<number, number>();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, connection) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        for (let number = 0; number < CALLS; number++) {
          const status = await call(agent, `${connection} ${number}`);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
        agent.destroy();
      }),
    );
    expect([...statuses]).toEqual([[200, CONNECTIONS * CALLS]]);
    const primary = server.process.pid ?? 0;
    const holders = [primary, ...childrenOf(primary)].filter((pid) =>
      filesOf(pid).some((file) => file.startsWith(`${place.folder}/audit.db`)),
    );
    expect(holders).toEqual([primary]);
    expect(await server.stop()).toBe(0);
    using audit = new DatabaseSync(`${place.folder}/audit.db`, { readOnly: true });
    const count = `SELECT count(*) AS entries, count(DISTINCT json_extract(entry, '$.correlationId')) AS calls FROM mcp_audit`;
    expect({ ...audit.prepare(count).get() }).toEqual({ entries: CONNECTIONS * CALLS, calls: CONNECTIONS * CALLS });
  },
);
