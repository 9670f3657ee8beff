/**
 * `pnpm bench` runs all benchmarks one after another and writes the results into README.md and into documents that quote them.
 * `pnpm bench --quick` checks that they run and that no figure is worse than its limit by more than a quarter; `pnpm bench server` runs
 * those whose path begins with `server`. A benchmark that takes too long is stopped and reported. A figure beyond its limit is
 * written and fails; a quick run measures it twice more before, alone.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withResults, withQuotedResults } from './results.ts';
import { benchmarkFiles, fullRunsOnly } from './benchmark-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const selected = benchmarkFiles
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.startsWith(part)))
  .filter((file) => !quick || !fullRunsOnly.has(file));
/** Far more than a quick one takes, also on a machine that is slow or busy. */
const LIMIT_MS = 300_000;
/** Percent of the machine. */
const MAX_OTHER_WORK = 20;
const MORE_MEASUREMENTS = 2;

interface Run {
  readonly text: string;
  readonly code: number | null;
}

const failures: string[] = [];
/** Of a quick run, with a figure beyond its limit. */
const suspects: string[] = [];
// One at a time, so that none measures another. In a quick run the packages take turns two by two: their ratios are of one process each.
const pairsUp = (file: string): boolean => quick && !file.startsWith('server/');
for (const file of selected.filter((one) => !pairsUp(one))) await runBenchmark(file);
const together = selected.filter(pairsUp).values();
await Promise.all([1, 2].map(() => runAll(together)));
for (const file of suspects) await measureAgain(file);
if (!quick) quoteResults();
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function runAll(files: Iterable<string>): Promise<void> {
  for (const file of files) await runBenchmark(file);
}

async function runBenchmark(file: string): Promise<void> {
  const { text, code } = await measure(file);
  if (code === 0 && !quick) record(file, text);
  if (!isBeyondLimit(text)) return;
  if (!quick) failures.push(`${file} has a figure beyond its limit`);
  // One that ran beside another has seen other work in any case.
  else if (pairsUp(file) || !isBusy(text)) suspects.push(file);
}

/** A moment in which something else ran does not come three times. */
async function measureAgain(file: string): Promise<void> {
  for (let left = MORE_MEASUREMENTS; left > 0; left -= 1) {
    const { text } = await measure(file);
    if (!isBeyondLimit(text) || isBusy(text)) return;
  }
  failures.push(
    `${file} has a figure beyond its limit by more than a quarter, in ${MORE_MEASUREMENTS + 1} measurements`,
  );
}

async function measure(file: string): Promise<Run> {
  const startedAt = performance.now();
  const run = await execute(file);
  process.stderr.write(`${file}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  process.stdout.write(`${run.text.trim()}\n\n`);
  if (run.code !== 0) failures.push(`${file} ended with ${run.code ?? 'no result in time'}`);
  return run;
}

function isBeyondLimit(results: string): boolean {
  return /\*\*(?:over|under)\*\*/u.test(results);
}

/** The few windows of a quick run say nothing about a machine on which something else runs. */
function isBusy(results: string): boolean {
  const shares = [...results.matchAll(/other work took (?<percent>\d+) %/gu)];
  return shares.some(({ groups }) => Number(groups?.['percent']) > MAX_OTHER_WORK);
}

function execute(file: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--conditions=@mcp/source', fileURLToPath(new URL(file, import.meta.url))], {
      env: { ...process.env, ...(quick && { BENCH_QUICK: '1' }) },
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LIMIT_MS,
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('close', (code) => resolve({ text, code }));
  });
}

/** At once, so that an interrupted run keeps what it has. */
function record(file: string, results: string): void {
  const readme = `${root}benchmarks/README.md`;
  writeFileSync(readme, withResults(file, results, readFileSync(readme, 'utf8')));
}

function quoteResults(): void {
  const readme = readFileSync(`${root}benchmarks/README.md`, 'utf8');
  const documents = globSync('{README.md,docs/**/*.md,{packages,apps}/*/README.md,packages/*/docs/**/*.md}', {
    cwd: root,
  });
  for (const document of documents) {
    const text = readFileSync(`${root}${document}`, 'utf8');
    const quoting = withQuotedResults(text, readme);
    if (quoting !== text) writeFileSync(`${root}${document}`, quoting);
  }
  // Only for the tables' columns; without it the next commit would be refused.
  spawn('oxfmt', ['benchmarks/README.md', ...documents], { cwd: root, stdio: 'inherit' }).once('error', () => {
    process.stderr.write('oxfmt did not run: format the documents before you commit them\n');
  });
}
