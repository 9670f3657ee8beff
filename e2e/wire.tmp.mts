import { startHttpServer, apiKey, scratch, cleanEnvironment, serverProgram } from './harness/server-process.ts';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
const place = scratch();
const mod = new URL('channels/hostile-module.mjs', import.meta.url).pathname;
const conf = (d: string) => `
modules: [${mod}]
security: { rateLimit: { requests: 1000000, window: 60 } , auth: required }
jobs: { directory: ${place.folder}/${d} }
tools:
  shout: { description: Prints, command: echo, args: ['{word}'], parameters: { word: { type: string, maxLength: 40 } } }
`;
const server = await startHttpServer({ configuration: conf('a') });
const auth = {
  authorization: `Bearer ${apiKey}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
const META = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"},"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}`;
// stdio
function stdio(conf: string) {
  const child = spawn(process.execPath, [serverProgram, '--config', place.write(conf + '.yaml', conf2(conf))], {
    env: cleanEnvironment(place.folder),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let lines: string[] = [];
  let wake = () => {};
  createInterface(child.stdout).on('line', (l) => {
    lines.push(l);
    wake();
  });
  let err = '';
  child.stderr.on('data', (c) => (err += c));
  let fence = 0;
  return {
    child,
    err: () => err,
    async send(raw: string): Promise<string[]> {
      const f = `fence-${fence++}`;
      lines = [];
      child.stdin.write(raw + '\n');
      // the fence: a ping; responses before it belong to raw (calls may be later; wait 2 turns)
      child.stdin.write(
        `{"jsonrpc":"2.0","id":"${f}","method":"ping"${modern.has(child) ? `,"params":{${META}}` : ''}}\n`,
      );
      const end = Date.now() + 3000;
      while (!lines.some((l) => l.includes(f)) && Date.now() < end)
        await new Promise<void>((r) => {
          wake = r;
          setTimeout(r, 200);
        });
      await new Promise((r) => setTimeout(r, 25));
      return lines.filter((l) => !l.includes(f));
    },
  };
}
const modern = new Set<unknown>();
const conf2 = conf;
const s25 = stdio('s25'),
  s26 = stdio('s26');
modern.add(s26.child);
const init = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`;
await s25.send(init);
s25.child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
const r0 = await fetch(server.url + '/mcp', { method: 'POST', headers: auth, body: init });
await r0.text();
const sess = { 'mcp-session-id': r0.headers.get('mcp-session-id')!, 'mcp-protocol-version': '2025-06-18' };
await fetch(server.url + '/mcp', {
  method: 'POST',
  headers: { ...auth, ...sess },
  body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
});
async function http(
  raw: string,
  era: '25' | '26',
  m?: string,
  n?: string,
): Promise<{ status: number; lines: string[] }> {
  const headers: any = {
    ...auth,
    ...(era === '25'
      ? sess
      : {
          'mcp-protocol-version': '2026-07-28',
          ...(m !== undefined ? { 'mcp-method': m } : {}),
          ...(n !== undefined ? { 'mcp-name': n } : {}),
        }),
  };
  let r: Response;
  try {
    const c = new AbortController();
    const t = setTimeout(() => c.abort(), 4000);
    r = await fetch(server.url + '/mcp', { method: 'POST', headers, body: raw, signal: c.signal });
    const text = await r.text();
    clearTimeout(t);
    const ls =
      text.startsWith('{') || text.startsWith('[')
        ? [text]
        : text
            .split('\n')
            .filter((l) => l.startsWith('data: ') && l.length > 6)
            .map((l) => l.slice(6));
    return { status: r.status, lines: text !== '' && ls.length === 0 ? ['TEXT ' + text.slice(0, 200)] : ls };
  } catch (e) {
    return { status: 0, lines: ['ABORT ' + e] };
  }
}
const norm = (ls: string[]) =>
  ls
    .map((l) => {
      try {
        const o = JSON.parse(l);
        const strip = (v: any): any =>
          Array.isArray(v)
            ? v.map(strip)
            : v && typeof v === 'object'
              ? Object.fromEntries(
                  Object.entries(v)
                    .filter(([k]) => !['correlationId', 'executionId', 'instance'].includes(k))
                    .sort(([a], [b]) => (a < b ? -1 : 1))
                    .map(([k, x]) => [k, strip(x)]),
                )
              : typeof v === 'string'
                ? v.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
                : v;
        return JSON.stringify(strip(o));
      } catch {
        return l;
      }
    })
    .sort();
const LIB =
  /zod|valibot|ajv|invalid_type|invalid_union|Expected|expected .* received|Unrecognized|SyntaxError|Unexpected token|TypeError|Cannot read|undefined|\bat .*:\d+|node_modules|ZodError|"path":\[|is not (a function|iterable)|SdkError|McpServer/;
type Case = [string, (era: string) => string, string?, string?];
const cases: Case[] = [];
const j = (o: unknown) => JSON.stringify(o);
const P = (era: string, p: string) =>
  era === '26'
    ? p === ''
      ? `{${META}}`
      : p.startsWith('{') && p !== '{}'
        ? `{${p.slice(1, -1)},${META}}`
        : p === '{}'
          ? `{${META}}`
          : p
    : p === ''
      ? '{}'
      : p;
const req = (m: string, p: string, id = '1', n?: string): void =>
  void cases.push([
    `${m} ${p}`.slice(0, 110) + (id !== '1' ? ' id ' + id : ''),
    (era) => `{"jsonrpc":"2.0","id":${id},"method":${j(m)},"params":${P(era, p)}}`,
    m,
    n,
  ]);
// raw malformed
for (const raw of [
  '',
  ' ',
  '{',
  '}',
  '[]',
  '[1]',
  '[{}]',
  '{}',
  'null',
  '1',
  '"x"',
  'true',
  '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
  '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]',
  '[[]]',
  '{"jsonrpc":"1.0","id":1,"method":"ping"}',
  '{"id":1,"method":"ping"}',
  '{"jsonrpc":2.0,"id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1}',
  '{"jsonrpc":"2.0","method":1,"id":1}',
  '{"jsonrpc":"2.0","method":null,"id":1}',
  '{"jsonrpc":"2.0","method":"","id":1}',
  '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":2}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{"x":1}}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","constructor":{"prototype":{}}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}',
  '{"jsonrpc":"2.0","id":1,"result":{}}',
  '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}',
  '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}',
  '{"jsonrpc":"2.0","id":"unknown","result":1}',
  '{"jsonrpc":"2.0","id":1,"error":"x"}',
  '{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}',
  "{'jsonrpc':'2.0'}",
  '{"jsonrpc":"2.0","id":1,"method":"ping",}',
  '{"jsonrpc":"2.0","id":01,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":"ping"} trailing',
  '{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":"p\u0000ing"}',
  '{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
  '{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
  '{"JSONRPC":"2.0","ID":1,"METHOD":"ping"}',
  '// c',
  '<xml/>',
  'GET / HTTP/1.1',
  '{"jsonrpc":"2.0","id":1,"method":"ping","params":' + '['.repeat(2000) + ']'.repeat(2000) + '}',
  '{"jsonrpc":"2.0","id":1,"method":"ping","params":' + '{"a":'.repeat(300) + '1' + '}'.repeat(300) + '}',
  '\ufeff\ufeff{"jsonrpc":"2.0","id":1,"method":"ping"}',
])
  cases.push(['raw ' + raw.slice(0, 90), () => raw]);
for (const id of [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e3',
  '1e400',
  '9007199254740993',
  '123456789012345678901234567890',
  '""',
  '" "',
  '"é\u202e"',
  '"a".b',
  'null',
  'true',
  '[]',
  '{}',
  '"' + 'x'.repeat(5000) + '"',
  '1.0',
  '-1.50',
  '"\\u0000"',
  '"__proto__"',
])
  (cases.push([
    `id ${id.slice(0, 40)}`,
    (era) => `{"jsonrpc":"2.0","id":${id},"method":"ping","params":${P(era, '')}}`,
    'ping',
  ]),
    cases.push([
      `badmethod id ${id.slice(0, 40)}`,
      (era) => `{"jsonrpc":"2.0","id":${id},"method":"no/such","params":${P(era, '')}}`,
      'no/such',
    ]));
const methods = [
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'tasks/update',
  'subscriptions/listen',
  'server/discover',
  'roots/list',
  'sampling/createMessage',
  'elicitation/create',
  'notifications/initialized',
  'notifications/cancelled',
  'no/such',
  'rpc.discover',
];
for (const m of methods)
  for (const p of [
    'null',
    '[]',
    '1',
    '"x"',
    'true',
    '{}',
    '{"_meta":1}',
    '{"_meta":[]}',
    '{"_meta":null}',
    '{"_meta":{"progressToken":{}}}',
    '{"_meta":{"progressToken":null}}',
    '{"_meta":{"progressToken":true}}',
    '{"cursor":1}',
    '{"cursor":""}',
    '{"cursor":"bogus"}',
    '{"cursor":null}',
    '{"name":1}',
    '{"name":null}',
    '{"name":[]}',
    '{"uri":1}',
    '{"uri":""}',
    '{"uri":"not a uri"}',
    '{"uri":{}}',
    '{"level":"loud"}',
    '{"level":1}',
    '{"taskId":1}',
    '{"taskId":""}',
    '{"taskId":"../x"}',
    '{"taskId":"x","inputResponses":1}',
    '{"notifications":1}',
    '{"notifications":{"toolsListChanged":"yes"}}',
    '{"notifications":{"resourceSubscriptions":[1]}}',
    '{"ref":1,"argument":1}',
    '{"ref":{"type":"ref/none"},"argument":{"name":"a","value":"b"}}',
    '{"ref":{"type":"ref/prompt","name":1},"argument":{"name":"a","value":"b"}}',
    '{"ref":{"type":"ref/prompt","name":"says_prompt"},"argument":{"name":1,"value":2}}',
    '{"ref":{"type":"ref/prompt","name":"says_prompt"},"argument":null}',
    '{"ref":{"type":"ref/resource","uri":5},"argument":{"name":"a","value":"b"}}',
    '{"ref":{"type":"ref/prompt","name":"says_prompt"},"argument":{"name":"word","value":"x"},"context":1}',
    '{"protocolVersion":1}',
    '{"protocolVersion":"1999-01-01","capabilities":{},"clientInfo":{"name":"x","version":"1"}}',
    '{"protocolVersion":"2025-06-18","capabilities":[],"clientInfo":{"name":"x","version":"1"}}',
    '{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":1}}',
  ]) {
    if (m === 'initialize' && p.includes('1999')) continue;
    const v = (() => {
      try {
        const o = JSON.parse(p);
        return m === 'tools/call' || m === 'prompts/get'
          ? o?.name
          : m === 'resources/read'
            ? o?.uri
            : m.startsWith('tasks/')
              ? o?.taskId
              : undefined;
      } catch {
        return undefined;
      }
    })();
    req(m, p, '1', typeof v === 'string' ? v : undefined);
  }
for (const a of [
  'null',
  '[]',
  '1',
  '"x"',
  'true',
  '{"word":null}',
  '{"word":1}',
  '{"word":{}}',
  '{"word":["a"]}',
  '{"word":"a","x":1}',
  '{"__proto__":1}',
  '{"word":"a","word":"b"}',
])
  req('tools/call', `{"name":"shout","arguments":${a}}`, '1', 'shout');
for (const a of ['null', '[]', '1', '"x"', '{"which":1}', '{"which":null}', '{"which":{}}'])
  req('prompts/get', `{"name":"throws_prompt","arguments":${a}}`, '1', 'throws_prompt');
for (const x of [
  '"task":1',
  '"task":{}',
  '"task":{"ttl":"x"}',
  '"task":null',
  '"inputResponses":1',
  '"requestState":1',
  '"inputResponses":{"a":1},"requestState":"x"',
])
  req('tools/call', `{"name":"shout","arguments":{"word":"a"},${x}}`, '1', 'shout');
for (const n of [
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
  'notifications/no_such',
  'tools/call',
  'ping',
  'no/such',
])
  for (const p of [
    '{}',
    'null',
    '[]',
    '1',
    '{"requestId":{}}',
    '{"requestId":null}',
    '{"progressToken":1}',
    '{"reason":5}',
  ])
    cases.push([`note ${n} ${p}`, (era) => `{"jsonrpc":"2.0","method":"${n}","params":${P(era, p)}}`, n]);
// 26 envelope
const E = (o: any) => j(o);
const meta = (x: object) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
  ...x,
});
for (const x of [
  { 'io.modelcontextprotocol/protocolVersion': 1 },
  { 'io.modelcontextprotocol/protocolVersion': '2030-01-01' },
  { 'io.modelcontextprotocol/clientInfo': 1 },
  { 'io.modelcontextprotocol/clientInfo': {} },
  { 'io.modelcontextprotocol/clientInfo': { name: 1, version: [] } },
  { 'io.modelcontextprotocol/clientCapabilities': null },
  { 'io.modelcontextprotocol/clientCapabilities': [] },
  { 'io.modelcontextprotocol/clientCapabilities': 'x' },
  { 'io.modelcontextprotocol/logLevel': 'loud' },
  { 'io.modelcontextprotocol/logLevel': 1 },
  { traceparent: 1 },
  { traceparent: 'x' },
  { progressToken: [] },
  { progressToken: 1.5 },
])
  for (const m of ['tools/list', 'ping', 'server/discover'])
    cases.push([
      `26 ${m} meta ${j(x).slice(0, 80)}`,
      () => `{"jsonrpc":"2.0","id":1,"method":"${m}","params":{"_meta":${j(meta(x))}}}`,
      m,
    ]);
let differ = 0,
  lib = 0,
  n = 0;
const seen = new Set<string>();
const stats: Record<string, number> = {};
const fs = await import('node:fs');
const all: any[] = [];
for (const [name, make, m, subj] of cases)
  for (const era of ['25', '26'] as const) {
    if (name.startsWith('26 ') && era === '25') continue;
    n++;
    const raw = make(era);
    const h = await http(raw, era, m, subj);
    const s = await (era === '25' ? s25 : s26).send(raw);
    const a = norm(h.lines),
      b = norm(s);
    all.push({ name, era, status: h.status, http: a, stdio: b });
    const both = [...a, ...b].join('\n');
    const isData = /^\[?"result|"tools":\[|"isError":true.*did not/.test('');
    for (const l of [...a, ...b]) {
      let o: any;
      try {
        o = JSON.parse(l);
      } catch {
        o = undefined;
      }
      const e = o?.error ?? (o?.detail ? o : undefined);
      if ((e && LIB.test(JSON.stringify(e))) || (o === undefined && l.trim() !== '')) {
        lib++;
        const k = 'LIB ' + (e?.message ?? l).slice(0, 60);
        if (!seen.has(k)) {
          seen.add(k);
          console.log('LIB?', era, name, l.slice(0, 300));
        }
      }
    }
    if (a.join() !== b.join()) {
      differ++;
      const k = 'D' + era + (a[0] ?? '').slice(0, 70) + '|' + (b[0] ?? '').slice(0, 70);
      if (!seen.has(k)) {
        seen.add(k);
        console.log(
          'DIFF',
          era,
          h.status,
          name,
          '\n   http ',
          a.join(' ').slice(0, 260),
          '\n   stdio',
          b.join(' ').slice(0, 260),
        );
      }
    }
  }
fs.writeFileSync('/tmp/wt/text-wire.json', JSON.stringify(all, null, 1));
console.log({
  n,
  differ,
  lib,
  alive: [s25.child.exitCode, s26.child.exitCode, (await fetch(server.url + '/health')).status],
});
s25.child.stdin.end();
s26.child.stdin.end();
await server.stop();
process.exit(0);
