/** What is loaded before the server listens: everything counts twice there, in time until the first answer and in memory. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// The child process runs the sources, whose `using` declarations need Node 24. Packed packages are tested on Node 22 too.
const RUNS_SOURCES = Number.parseInt(process.versions.node) >= 24;

const LOAD_AND_LIST = `
  import { registerHooks } from 'node:module';
  const seen = new Set();
  registerHooks({
    load(url, context, next) {
      seen.add(/.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]);
      return next(url, context);
    },
  });
  await import(process.argv[1]);
  console.log(JSON.stringify([...seen].filter(Boolean).sort()));
`;

describe('before the server listens', () => {
  test.runIf(RUNS_SOURCES)(
    'only what every server needs is loaded: no SDK, no prom-client, no database, no token library',
    () => {
      const serve = fileURLToPath(new URL('../cli/serve.ts', import.meta.url));
      const args = ['--conditions=@mcp/source', '--input-type=module', '--eval', LOAD_AND_LIST, serve];
      const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect(JSON.parse(stdout)).toEqual([
        '@hono/node-server',
        '@pinojs/redact',
        '@valibot/to-json-schema',
        'atomic-sleep',
        'hono',
        'js-yaml',
        'on-exit-leak-free',
        'pino',
        'pino-std-serializers',
        'quick-format-unescaped',
        'safe-stable-stringify',
        'sonic-boom',
        'thread-stream',
        'valibot',
      ]);
    },
  );
});
