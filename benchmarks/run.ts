/**
 * `pnpm bench` asks every question, one after another, and writes the answers into README.md and wherever a document
 * quotes one whole; `pnpm bench --quick` only shows that they can be asked; `pnpm bench server` asks those whose path begins
 * so. One that takes too long is ended and said to have been. A figure that is over its limit is written down, and fails.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withAnswer, withQuotedAnswers } from './answers.ts';
import { questions } from './questions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const asked = questions.filter((file) => wanted.length === 0 || wanted.some((part) => file.startsWith(part)));
const limitMs = quick ? 60_000 : 180_000;

const failures: string[] = [];
// One at a time, so that none measures another. A quick run measures nothing: its packages take turns two by two.
const pairsUp = (file: string): boolean => quick && !file.startsWith('server/');
for (const file of asked.filter((one) => !pairsUp(one))) await answer(file);
const together = asked.filter(pairsUp).values();
await Promise.all([1, 2].map(() => answerAll(together)));
if (!quick) quoteAnswers();
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function answerAll(files: Iterable<string>): Promise<void> {
  for (const file of files) await answer(file);
}

async function answer(file: string): Promise<void> {
  const startedAt = performance.now();
  const { text, code } = await ask(file);
  process.stderr.write(`${file}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  process.stdout.write(`${text.trim()}\n\n`);
  if (code !== 0) failures.push(`${file} ended with ${code ?? 'no answer in time'}`);
  else if (!quick) record(file, text);
  if (!quick && /\*\*(?:over|under)\*\*/u.test(text)) failures.push(`${file} has a figure beyond its limit`);
}

function ask(file: string): Promise<{ text: string; code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--conditions=@mcp/source', fileURLToPath(new URL(file, import.meta.url))], {
      env: { ...process.env, ...(quick && { BENCH_QUICK: '1' }) },
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: limitMs,
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('close', (code) => resolve({ text, code }));
  });
}

/** At once, so that an interrupted run keeps what it has. */
function record(question: string, answer: string): void {
  const readme = `${root}benchmarks/README.md`;
  writeFileSync(readme, withAnswer(question, answer, readFileSync(readme, 'utf8')));
}

function quoteAnswers(): void {
  const readme = readFileSync(`${root}benchmarks/README.md`, 'utf8');
  const documents = globSync('{README.md,docs/**/*.md,{packages,apps}/*/README.md,packages/*/docs/**/*.md}', {
    cwd: root,
  });
  for (const document of documents) {
    const text = readFileSync(`${root}${document}`, 'utf8');
    const quoting = withQuotedAnswers(text, readme);
    if (quoting !== text) writeFileSync(`${root}${document}`, quoting);
  }
  // Only for the tables' columns; without it the next commit would be refused.
  spawn('oxfmt', ['benchmarks/README.md', ...documents], { cwd: root, stdio: 'inherit' }).once('error', () => {
    process.stderr.write('oxfmt did not run: format the documents before you commit them\n');
  });
}
