/** The official MCP conformance suite from npm, run against a URL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

const suite = (() => {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['conformance'] ?? '');
})();

/** One run of the scenarios of a revision. */
export interface SuiteRun {
  /** As the suite prints it. */
  readonly summary: string;
  /** The scenarios that the revision requires of a server. */
  readonly required: readonly string[];
  /** Those that the suite runs and does not count. */
  readonly notScored: readonly string[];
  readonly passes: (scenario: string) => boolean;
  /** Whether there was nothing that it could check. */
  readonly isEmpty: (scenario: string) => boolean;
  /** The result of the suite. */
  readonly accepted: boolean;
}

export async function runSuite(revision: Revision, url: string, results: string): Promise<SuiteRun> {
  const child = spawn(
    process.execPath,
    [suite, 'server', '--url', url, '--requirements', revision, '--output-dir', results],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const summary = output.slice(output.indexOf('=== SUMMARY ==='));
  const set = readFileSync(join(dirname(suite), '..', 'requirements', `${revision}.yaml`), 'utf8');
  return {
    summary,
    required: requiredScenarios(set),
    notScored: notScoredScenarios(set),
    passes: (scenario) => summary.includes(`✓ ${scenario}: `),
    isEmpty: (scenario) => summary.includes(`✓ ${scenario}: 0 passed, 0 failed`),
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

/**
 * What the server needs for the suite: one scenario sends the server's own address as its Origin and expects it to be accepted. Pages
 * of this server do not call /mcp, so that origin has to be listed there like any other.
 */
export function suiteEnvironment(port: number): Record<string, string> {
  return {
    MCP_SECURITY_API_KEY: '',
    MCP_SECURITY_ALLOWED_ORIGINS: `http://127.0.0.1:${port},http://localhost:${port}`,
  };
}
