// What does a document of 900 operations cost: time, memory that stays, and the longest turn of the event loop, also while it is read?
import { ApiClient, loadDocument, operationsOf } from '@mcp/openapi-tools';
import { callTool, Tool } from '@mcp/tool-base';
import { freshProcesses } from '../harness/fresh-process.ts';
import { settledBytes } from '../harness/memory.ts';
import { quick } from '../harness/quick.ts';
import { against, printResults, show, spread } from '../harness/table.ts';

interface Planned {
  readonly cpuMs: number;
  readonly longestReadMs: number;
  readonly longestTurnMs: number;
  readonly plannedMb: number;
  readonly calledMb: number;
}

const OPERATIONS = 900;
const SCHEMAS = 300;
const ROUNDS = quick ? 1 : 5;

/** Each schema refers to others, so that a tool reaches many. */
function schemaAt(at: number): object {
  const own = Array.from({ length: 10 }, (_, property) => [
    `property_${property}`,
    { type: 'string', description: `What property ${property} of schema ${at} is good for`, nullable: true },
  ]);
  const refer = (to: number): object => ({ $ref: `#/components/schemas/Schema${to % SCHEMAS}` });
  const properties = {
    ...Object.fromEntries(own),
    next: refer(at * 3 + 1),
    more: { type: 'array', items: refer(at * 5 + 2) },
  };
  return { type: 'object', properties };
}

function documentText(): string {
  const paths = Array.from({ length: OPERATIONS }, (_, at) => {
    const schema = { $ref: `#/components/schemas/Schema${at % SCHEMAS}` };
    const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
    const requestBody = { required: true, content: { 'application/json': { schema } } };
    const post = { operationId: `thing${at}`, summary: `Changes thing ${at}`, parameters, requestBody };
    return [`/things${at}/{id}`, { post }];
  });
  const schemas = Object.fromEntries(Array.from({ length: SCHEMAS }, (_, at) => [`Schema${at}`, schemaAt(at)]));
  return JSON.stringify({ openapi: '3.0.3', paths: Object.fromEntries(paths), components: { schemas } });
}

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Watches how much processor time passes between two turns of the event loop. */
function watchTurns(): { longest: number; stop: () => void } {
  const watch = { longest: 0, stop: () => clearImmediate(next) };
  let last = cpuMs();
  const turn = (): void => {
    const now = cpuMs();
    watch.longest = Math.max(watch.longest, now - last);
    last = now;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  return watch;
}

async function measure(): Promise<Planned> {
  // YAML in flow style, which takes twenty times as long as JSON.
  const bytes = Buffer.from(`# YAML\n${documentText()}`);
  const client = new ApiClient({ baseUrl: 'http://127.0.0.1:1', private: true });
  const before = await settledBytes();
  const reading = watchTurns();
  const parsed = await loadDocument(bytes);
  reading.stop();
  const watch = watchTurns();
  const start = cpuMs();
  const { tools } = await operationsOf(parsed, { client, operations: { include: [{}] } });
  const planning = cpuMs() - start;
  watch.stop();
  if (tools.length !== OPERATIONS) throw new Error(`${tools.length} operations are offered`);
  const made = tools.map((definition) => new Tool(definition));
  const planned = (await settledBytes()) - before;
  // Arguments are wrong on purpose: they are checked, and nothing is sent.
  for (const tool of made) await callTool(tool, { arguments: { id: 'x', body: 1 }, caller: { name: 'bench' } });
  const called = (await settledBytes()) - before;
  if (made.length === 0) throw new Error('tools were not kept');
  return {
    cpuMs: planning,
    longestReadMs: reading.longest,
    longestTurnMs: watch.longest,
    plannedMb: planned / 1e6,
    calledMb: called / 1e6,
  };
}

const measured = await freshProcesses(import.meta.url, measure);
const runs: Planned[] = [];
for (let round = 0; round < ROUNDS; round += 1) runs.push(await measured('plan'));
const row = (name: string, limit: number, of: (run: Planned) => number): string[] => {
  const found = spread(runs.map(of));
  return [name, show(found, 1), against(limit, found.median)];
};
printResults({
  title: 'Planning 900 operations with 300 schemas that refer to each other',
  method: `${ROUNDS} fresh processes; median (least-greatest); memory after garbage collection, the document included`,
  columns: ['', 'measured', 'at most'],
  rows: [
    row('ms of processor', 2000, (run) => run.cpuMs),
    row('longest turn of the event loop while it is read as YAML, ms of processor', 50, (run) => run.longestReadMs),
    row('longest turn while it is planned, ms of processor', 50, (run) => run.longestTurnMs),
    row('MB, tools made', 60, (run) => run.plannedMb),
    row('MB, arguments of each checked once', 60, (run) => run.calledMb),
  ],
});
