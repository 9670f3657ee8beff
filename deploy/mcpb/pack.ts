/**
 * Writes mcp-server.mcpb, a bundle that desktop clients install: the built server with its runtime dependencies, and the
 * manifest with the server's version.
 *
 *   node deploy/mcpb/pack.ts [FILE]    from the root, after a build
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packExtension } from '@anthropic-ai/mcpb';

/** Declarations and sources: half of the files that packages bring. */
const NOT_RUN = ['*.ts', '*.cts', '*.mts', '*.map'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const output = resolve(process.argv[2] ?? 'mcp-server.mcpb');
const stage = mkdtempSync(join(tmpdir(), 'mcpb-'));
const app = join(stage, 'app');

try {
  const { packageManager } = readJson(join(root, 'package.json')) as { packageManager: string };
  // Hoisted, since an archive has no symbolic links.
  const args = ['--filter', '@mcp/server', 'deploy', '--prod', '--legacy', '--config.node-linker=hoisted', app];
  const { status } = spawnSync('npx', ['-y', packageManager, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('pnpm deploy failed; build first: npx -y pnpm@12.21.0 build');
  const { version } = readJson(join(app, 'package.json')) as { version: string };
  const manifest = readJson(fileURLToPath(new URL('manifest.json', import.meta.url)));
  writeFileSync(join(app, 'manifest.json'), JSON.stringify({ ...manifest, version }, null, 2));
  writeFileSync(join(app, '.mcpbignore'), NOT_RUN.join('\n'));
  const packed = await packExtension({ extensionPath: app, outputPath: output, silent: true });
  if (!packed) throw new Error('the bundle could not be packed');
  console.log(output);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}
