/** Workers under as many calls as they take, whose audit entries one process keeps: in one SQLite file, or in memory. */
import { readdirSync, readlinkSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess } from '../harness/server-process.ts';
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
const configuration = (workers: number, url: string): string => `
server: { workers: ${workers} }
security: { rateLimit: { requests: 1000000, window: 60, burst: 1000000 } }
database: { url: '${url}' }
modules: [./say.mjs]
`;

/** As many as the connections can take, each with calls one after the other. @returns how many were answered with which status */
async function callAtOnce({ url }: HttpServerProcess, connections: number, calls: number): Promise<[number, number][]> {
  const call = (agent: Agent, word: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(`${url}/tools/say/execute`, { method: 'POST', headers, agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject).end(JSON.stringify({ arguments: { word } }));
    });
  const statuses = new Map<number, number>();
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let number = 0; number < calls; number++) {
        const status = await call(agent, `${connection} ${number}`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      agent.destroy();
    }),
  );
  return [...statuses];
}

interface Page {
  readonly entries: readonly { readonly id: string; readonly correlationId: string }[];
  readonly next?: string;
}

/** Newest first, page by page. */
async function auditOf({ url }: HttpServerProcess): Promise<Page['entries']> {
  const entries: Page['entries'][number][] = [];
  let before = '';
  do {
    const page = (await (await fetch(`${url}/executions?limit=90${before}`, { headers })).json()) as Page;
    entries.push(...page.entries);
    before = page.next === undefined ? '' : `&before=${page.next}`;
  } while (before !== '');
  return entries;
}

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
    await using server = await startHttpServer({
      configFile: place.write('config.yaml', configuration(4, 'sqlite:./audit.db')),
    });
    expect(await callAtOnce(server, CONNECTIONS, CALLS)).toEqual([[200, CONNECTIONS * CALLS]]);
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

test(
  'in memory, every call of two workers is shown once and in order right after its answer, also after one of them was killed',
  { timeout: 120_000 },
  async () => {
    using place = scratch();
    place.write('say.mjs', module);
    await using server = await startHttpServer({ configFile: place.write('config.yaml', configuration(2, '')) });
    expect(await callAtOnce(server, 8, 30)).toEqual([[200, 240]]);
    const shown = await auditOf(server);
    const ids = shown.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(new Set(shown.map(({ correlationId }) => correlationId)).size).toBe(240);
    const primary = server.process.pid ?? 0;
    const [victim = 0, other = 0] = childrenOf(primary);
    process.kill(victim, 'SIGKILL');
    await expect
      .poll(() => childrenOf(primary).some((pid) => pid !== victim && pid !== other), { timeout: 30_000 })
      .toBe(true);
    expect(await auditOf(server)).toEqual(shown);
    expect(await server.stop()).toBe(0);
  },
);
