/** The workflows by the parser of GitHub's own editor extension: keys, events, expressions and the contexts they may use. */
import { globSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

import { load } from 'js-yaml';
import { expect, test } from 'vitest';

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

test('packages are published with provenance, from what was checked before, and by no token', () => {
  const { jobs } = load(readFileSync('.github/workflows/release.yml', 'utf8')) as {
    jobs: Record<string, { env?: object; permissions: object; needs?: string; if?: string; steps: { run?: string }[] }>;
  };
  const { pack, publish } = jobs;
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
