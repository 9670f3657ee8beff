/** The workflows by the parser of GitHub's own editor extension: keys, events, expressions and the contexts they may use. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';

// The parser is made for bundlers: it imports JSON without saying so, which node refuses.
const hooks = registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');
hooks.deregister();

const files = globSync('.github/workflows/*.yml');

async function errorsIn(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(String);
}

test.each(files)('%s is understood', async (file) => {
  expect(await errorsIn(file, readFileSync(file, 'utf8'))).toEqual([]);
});

test.each([
  ['a misspelt key', 'timeout-minutes: 60', 'timeout-minute: 60'],
  ['a job that is not there', 'runs-on: ubuntu-24.04', 'needs: nobody\n    runs-on: ubuntu-24.04'],
  ['an unknown context', "github.event_name == 'pull_request'", "githup.event_name == 'pull_request'"],
])('%s would be noticed', async (_, right, wrong) => {
  const text = readFileSync('.github/workflows/ci.yml', 'utf8');
  expect(text).toContain(right);
  expect(await errorsIn('ci.yml', text.replace(right, wrong))).not.toEqual([]);
});

test('every action is pinned to a commit, with its version beside it', () => {
  const uses = files.flatMap((file) => readFileSync(file, 'utf8').match(/(?<=uses: ).*/gu) ?? []);
  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter((use) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u.test(use))).toEqual([]);
});

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly with?: { readonly name?: string; readonly path?: string };
}
const { jobs } = load(readFileSync('.github/workflows/release.yml', 'utf8')) as {
  jobs: Record<string, { env?: object; permissions: object; needs?: string; if?: string; steps: Step[] }>;
};
const { pack, publish } = jobs;

test('packages are published with provenance, from what was checked before, and by no token', () => {
  expect(publish).toMatchObject({
    needs: 'pack',
    permissions: { 'id-token': 'write' },
    env: { NPM_CONFIG_PROVENANCE: 'true' },
  });
  const commands = pack?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(commands).toEqual(
    expect.arrayContaining(['node scripts/check-repository.ts', 'node scripts/check-packages.ts', 'pnpm test']),
  );
  expect(readFileSync('.github/workflows/release.yml', 'utf8')).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
});

describe('the step that attaches the bill of materials and the licences to a release', () => {
  const step = publish?.steps.find(({ name }) => name?.startsWith('attach the bill of materials'));
  const kept = pack?.steps
    .find(({ with: inputs }) => inputs?.name === 'supply-chain')
    ?.with?.path?.trim()
    .split('\n');
  const { version } = JSON.parse(readFileSync('apps/server/package.json', 'utf8')) as { version: string };
  const release = `@mcp/server@${version}`;

  /** What it asks of `gh`, which is replaced: it prints what the release has, and downloads what the pack job kept. */
  function asked(view: string): string[] {
    const folder = mkdtempSync(join(tmpdir(), 'release-'));
    try {
      cpSync('apps/server/package.json', join(folder, 'apps/server/package.json'));
      const gh = `#!/bin/sh
echo "$@" >> "$ASKED"
case "$1 $2" in
  'release view') ${view};;
  'run download') mkdir reports; touch ${kept?.join(' ')};;
  'release upload') shift 3; for file in "$@"; do [ -e "$file" ] || exit 1; done;;
esac
`;
      writeFileSync(join(folder, 'gh'), gh, { mode: 0o755 });
      const env = { PATH: `${folder}:${process.env['PATH']}`, ASKED: join(folder, 'asked'), RUN_ID: '7' };
      // As GitHub runs it.
      const { status } = spawnSync('bash', ['-e', '-c', step?.run ?? 'exit 9'], { cwd: folder, env });
      expect(status).toBe(0);
      return readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n').slice(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('attaches what the pack job kept to the release of the server', () => {
    expect(asked('true')).toEqual([
      'run download 7 --name supply-chain --dir reports',
      `release upload ${release} ${kept?.join(' ')}`,
    ]);
  });

  test.each([
    ['already has them', 'echo sbom.cdx.json'],
    ['was not made, since only other packages were published', 'exit 1'],
  ])('does nothing for a release that %s', (_, view) => {
    expect(asked(view)).toEqual([]);
  });
});
