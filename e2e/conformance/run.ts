/**
 * Runs the official MCP conformance suite from npm against the built server: everything that each
 * revision requires, and the scenarios that are not scored. The last line is the result.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort, scratch, startHttpServer } from '../harness/server-process.ts';

const revisions = ['2025-11-25', '2026-07-28'] as const;
const configFile = fileURLToPath(new URL('server.yaml', import.meta.url));

const suite = (() => {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['conformance'] ?? '');
})();

interface Score {
  readonly passed: number;
  readonly required: number;
  readonly notScored: NotScored;
  /** The result of the suite. */
  readonly accepted: boolean;
}

/** Scenarios that the suite runs and does not count. */
interface NotScored {
  readonly all: number;
  readonly passed: number;
  /** Their server has nothing that the suite could check, or the suite checks nothing. */
  readonly empty: number;
}

async function main(): Promise<number> {
  using place = scratch();
  const port = await freePort();
  await using server = await startHttpServer({
    configFile,
    port,
    env: {
      MCP_SECURITY_API_KEY: '',
      // One scenario sends the server's own address as its Origin and expects it to be accepted. Pages of this server do not call
      // /mcp, so that origin has to be listed there like any other.
      MCP_SECURITY_ALLOWED_ORIGINS: `http://127.0.0.1:${port},http://localhost:${port}`,
    },
  });
  const scores: string[] = [];
  const notScored: string[] = [];
  let everything = true;
  for (const revision of revisions) {
    const score = await run(revision, `${server.url}/mcp`, join(place.folder, revision));
    const { all, passed, empty } = score.notScored;
    everything &&= score.accepted && score.passed === score.required && passed + empty === all;
    scores.push(`${revision} ${score.passed}/${score.required}`);
    notScored.push(`${revision} ${passed}/${all} (${empty} without checks)`);
  }
  console.log(`not scored ${notScored.join(', ')}`);
  console.log(`conformance ${scores.join(', ')}`);
  return everything ? 0 : 1;
}

async function run(revision: string, url: string, results: string): Promise<Score> {
  const child = spawn(
    process.execPath,
    [suite, 'server', '--url', url, '--requirements', revision, '--output-dir', results],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const summary = output.slice(output.indexOf('=== SUMMARY ==='));
  console.log(`${revision}\n${summary}`);
  const set = readFileSync(join(dirname(suite), '..', 'requirements', `${revision}.yaml`), 'utf8');
  const passes = (scenario: string): boolean => summary.includes(`✓ ${scenario}: `);
  const isEmpty = (scenario: string): boolean => summary.includes(`✓ ${scenario}: 0 passed, 0 failed`);
  const required = requiredScenarios(set);
  const others = notScoredScenarios(set);
  const empty = others.filter(isEmpty).length;
  return {
    passed: required.filter(passes).length,
    required: required.length,
    notScored: { all: others.length, passed: others.filter(passes).length - empty, empty },
    accepted: code === 0,
  };
}

/** The names under `server:` in a requirement set. */
function requiredScenarios(set: string): string[] {
  const section = /^server:\n(?<entries>(?: {2}- .+\n)+)/mu.exec(set)?.groups?.['entries'] ?? '';
  return [...section.matchAll(/^ {2}- (?<name>\S+)$/gmu)].map(({ groups }) => groups?.['name'] ?? '');
}

/** Those for servers under `not_scored:`. */
function notScoredScenarios(set: string): string[] {
  const section = set.slice(set.indexOf('\nnot_scored:'));
  const entries = section.matchAll(/^ {2}- scenario: (?<name>\S+)\n {4}leg: server$/gmu);
  return [...entries].map(({ groups }) => groups?.['name'] ?? '');
}

process.exitCode = await main();
