/**
 * Runs the fast tests that try something against the server, and writes docs/tried.md with their counts and verdicts.
 *
 *   node scripts/tried/write-tried.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

import { mustRun, runProgram } from '../run-program.ts';
import { ATTEMPTS, filesOf, writtenNames } from './attempts.ts';

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const REPORT = 'reports/tried.json';
mkdirSync('reports', { recursive: true });
const all = Object.values(ATTEMPTS).flatMap(filesOf);
const { code, stdout } = await runProgram(
  'node_modules/.bin/vitest',
  ['run', '--maxWorkers=1', '--reporter=json', `--outputFile=${REPORT}`, ...all],
  { timeoutMs: 1_800_000 },
);
const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8')) as VitestReport;
const results = new Map(testResults.map(({ name, assertionResults }) => [relative('.', name), assertionResults]));
const missing = all.filter((file) => !results.has(file));
if (missing.length > 0) throw new Error(`no result of ${missing.join(', ')}\n${stdout}`);

const count = (files: readonly string[], status: RegExp): number =>
  files.flatMap((file) => results.get(file) ?? []).filter((each) => status.test(each.status)).length;
const row = (title: string, files: readonly string[]): string =>
  `| ${title} | ${count(files, /./u)} | ${count(files, /^passed$/u)} | ${count(files, /^failed$/u)} | ${count(files, /^(?:pending|skipped|todo)$/u)} |`;

const groups = Object.entries(ATTEMPTS).map(([title, patterns]) => ({ title, files: filesOf(patterns) }));
const sections = groups.map(({ title, files }) => {
  const parts = files.map((file) => {
    const names = writtenNames(file);
    const more = count([file], /./u) - names.length;
    const lines = [...names, ...(more > 0 ? [`${more} more, from tables of inputs`] : [])];
    return `[${file}](../${file}):\n\n${lines.map((name) => `- ${name.replaceAll(/[<>]|__\w+__/gu, '`$&`')}`).join('\n')}\n`;
  });
  return `## ${title}\n\n${parts.join('\n')}`;
});
writeFileSync(
  'docs/tried.md',
  `# What was tried against it

Written by \`scripts/tried/write-tried.ts\` from a run of the tests. Each is a test of this repository that runs in CI, so that what failed once does not come back. Many run over hundreds
of generated inputs and count as one here. What is not guaranteed at all is in [SECURITY.md](../SECURITY.md); report what you find as it says there.

| what | tests | passed | failed | skipped here |
| ---- | ----- | ------ | ------ | ------------ |
${groups.map(({ title, files }) => row(title, files)).join('\n')}
${row('all', all)}

Skipped are those that need a program or a server that the machine of the run did not have.

Not in the table, because they start many programs and servers, but run by CI as well: [ways out of a sandbox](../packages/tool-base/src/sandbox/escapes.slow.test.ts), [ways past the targets](../packages/tool-base/src/sandbox/pod.slow.test.ts),
[faults](../e2e/faults.slow.test.ts) such as a lost database or a killed launcher, [clients that read slowly](../e2e/slow-readers.slow.test.ts), the
[death of the server](../packages/tool-base/src/launcher/server-death.slow.test.ts), and [an hour of mixed load](endurance.md).

${sections.join('\n')}`,
);
await mustRun('node_modules/.bin/oxfmt', ['docs/tried.md']);
process.exitCode = code === 0 ? 0 : 1;
