/**
 * An MCP server over stdio in one file, without a library. Run with the words that say how it behaves:
 * `2025` or `2026`, `exit-on-probe`, `ignore-probe`, `exit-at-once`, `deaf` (ignores the end of stdin and SIGTERM), `noise`,
 * `mark` (begins with a byte order mark).
 */
import { createInterface } from 'node:readline';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: Record<string, unknown> };
}

const words = new Set(process.argv.slice(2));
const has = (word: string): boolean => words.has(word);
const isModern = has('2026');
let remembered = 'nothing';

function send(id: Message['id'], result: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
}

function sendError(id: Message['id'], code: number): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: 'no' } })}\n`);
}

const text = (value: unknown): object => ({ content: [{ type: 'text', text: String(value) }] });

function callTool(name: string, args: Record<string, unknown>): object | undefined {
  switch (name) {
    case 'remember': {
      const before = remembered;
      remembered = String(args['what']);
      return text(before);
    }
    case 'pid':
      return text(process.pid);
    case 'environment':
      return text(Object.keys(process.env).sort().join(' '));
    case 'secret':
      process.stderr.write(`the token is ${process.env['TOKEN']}\n`);
      return text(process.env['TOKEN']);
    case 'long':
      process.stdout.write(`${'x'.repeat(11 * 2 ** 20)}\n`);
      return undefined;
    case 'crash':
      process.exit(3);
    default:
      return undefined;
  }
}

const NAMES = ['remember', 'pid', 'environment', 'secret', 'long', 'crash', 'never'];

function answer({ id, method = '', params }: Message): void {
  switch (method) {
    case 'server/discover':
      if (has('exit-on-probe')) process.exit(1);
      if (has('ignore-probe')) return;
      if (!isModern) return sendError(id, -32_601);
      return send(id, {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        ttlMs: 0,
        cacheScope: 'private',
      });
    case 'initialize':
      return send(id, {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'scripted', version: '1' },
      });
    case 'tools/list':
      return send(id, { tools: NAMES.map((name) => ({ name, inputSchema: { type: 'object' } })) });
    case 'tools/call': {
      const result = callTool(params?.name ?? '', params?.arguments ?? {});
      if (result !== undefined) send(id, result);
      return;
    }
    default:
  }
}

if (has('exit-at-once')) process.exit(1);
if (has('mark')) process.stdout.write('\ufeff');
if (has('noise')) for (let line = 0; line < 20_000; line += 1) console.log(`Welcome ${line} ${'!'.repeat(40)}`);
if (has('deaf')) {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
}
createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line) as Message));
