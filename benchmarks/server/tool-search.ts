/** What does a search among 1,000 tools cost, and what is saved in the first list? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { printResults, show, spread } from '../harness/table.ts';
import { cpuMs } from '../harness/process-time.ts';
import { residentMb, startCandidate, type Candidate } from './candidate.ts';
import { quick } from '../harness/quick.ts';
import { API_KEY, MODERN_VERSION, modernMeta } from './requests.ts';

const TOOLS = 1000;
const ROUNDS = quick ? 2 : 5;
const SEARCHES = quick ? 50 : 500;
/** Of JSON with English descriptions, for the models of several vendors. */
const BYTES_PER_TOKEN = 4;

const verbs = ['list', 'get', 'create', 'update', 'delete', 'archive', 'restore', 'export', 'import', 'approve'];
const nouns = [
  'invoice',
  'customer',
  'ticket',
  'shipment',
  'contract',
  'payment',
  'employee',
  'article',
  'order',
  'quote',
];
const places = ['sales', 'support', 'warehouse', 'payroll', 'legal', 'marketing', 'travel', 'fleet', 'lab', 'campus'];

interface Listing {
  readonly toolSearch: 'off' | 'always';
  readonly listedBytes: number;
  readonly perSearchUs: readonly number[];
  readonly residentMb: number;
}

const folder = mkdtempSync(join(tmpdir(), 'tool-search-'));
try {
  writeFileSync(join(folder, 'office.json'), JSON.stringify(officeDocument()));
  const listings = [await measure('off'), await measure('always')];
  printResults({
    title: `Tool search over ${TOOLS} tools`,
    method: `${ROUNDS} rounds of ${SEARCHES} searches, one at a time, over HTTP; median (least-greatest); a token is taken as ${BYTES_PER_TOKEN} bytes`,
    columns: ['toolSearch', 'KB of the first list', 'tokens of it', 'µs of processor a search', 'MB resident after'],
    rows: listings.map(({ toolSearch, listedBytes, perSearchUs, residentMb: mb }) => [
      toolSearch,
      (listedBytes / 1000).toFixed(1),
      (listedBytes / BYTES_PER_TOKEN).toFixed(0),
      perSearchUs.length === 0 ? '' : show(spread(perSearchUs), 0),
      mb.toFixed(0),
    ]),
  });
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(toolSearch: Listing['toolSearch']): Promise<Listing> {
  const configuration = join(folder, `${toolSearch}.json`);
  writeFileSync(configuration, JSON.stringify(configurationWith(toolSearch)), { mode: 0o600 });
  const server = await startCandidate({ name: `toolSearch: ${toolSearch}`, server: 'ours', configuration });
  try {
    const listedBytes = await listEverything(server);
    const perSearchUs: number[] = [];
    if (toolSearch === 'always') {
      await searchTimes(server, SEARCHES);
      for (let round = 0; round < ROUNDS; round++) {
        const before = cpuMs(server.pid);
        await searchTimes(server, SEARCHES);
        perSearchUs.push(((cpuMs(server.pid) - before) * 1000) / SEARCHES);
      }
    }
    return { toolSearch, listedBytes, perSearchUs, residentMb: residentMb(server.pid) };
  } finally {
    await server.stop();
  }
}

function configurationWith(toolSearch: Listing['toolSearch']): object {
  return {
    server: { transport: 'http', host: '127.0.0.1', port: 0 },
    security: { apiKey: API_KEY, rateLimit: { requests: 1_000_000, window: 1 } },
    presets: [],
    toolSearch,
    apis: {
      office: {
        document: { file: join(folder, 'office.json') },
        baseUrl: 'http://127.0.0.1:9',
        egress: { private: true },
      },
    },
  };
}

function officeDocument(): object {
  const parameters = [
    { name: 'id', in: 'query', schema: { type: 'string', maxLength: 40 }, description: 'Which one, by its number' },
    {
      name: 'limit',
      in: 'query',
      schema: { type: 'integer', minimum: 1, maximum: 100 },
      description: 'How many at most',
    },
  ];
  const responses = { '200': { description: 'ok' } };
  const paths = verbs.flatMap((verb) =>
    nouns.flatMap((noun) =>
      places.map((place) => {
        const get = {
          operationId: `${verb}_${noun}_${place}`,
          summary: `${verb} ${noun} records of ${place}`,
          parameters,
          responses,
        };
        return [`/${place}/${noun}/${verb}`, { get }];
      }),
    ),
  );
  return { openapi: '3.1.0', info: { title: 'Office', version: '1.0.0' }, paths: Object.fromEntries(paths) };
}

/** @returns bytes of the tools, over all pages */
async function listEverything(server: Candidate): Promise<number> {
  let bytes = 0;
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const { result } = await send(server, 'tools/list', cursor === undefined ? {} : { cursor });
    bytes += Buffer.byteLength(JSON.stringify(result.tools));
    cursor = result.nextCursor;
  }
  return bytes;
}

async function searchTimes(server: Candidate, count: number): Promise<void> {
  for (let search = 0; search < count; search++) {
    const [verb, noun, place] = [verbs, nouns, places].map(
      (words, index) => words[(search * (index + 3)) % words.length],
    );
    const wanted = `office_${verb}_${noun}_${place}`;
    const { result } = await send(server, 'tools/call', {
      name: 'search_tools',
      arguments: { search: `${verb} a ${noun} in ${place}` },
    });
    if (!JSON.stringify(result).includes(wanted)) throw new Error(`${wanted} was not found by its own words`);
  }
}

interface Response {
  readonly result: { readonly tools?: readonly unknown[]; readonly nextCursor?: string };
}

async function send({ port }: Candidate, method: string, params: Readonly<Record<string, unknown>>): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': MODERN_VERSION,
      'mcp-method': method,
      ...(typeof params['name'] === 'string' && { 'mcp-name': params['name'] }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: modernMeta } }),
  });
  return (await response.json()) as Response;
}
