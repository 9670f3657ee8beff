/**
 * `pnpm bench` asks every question, one after another, and writes the answers into README.md; `pnpm bench --quick` only
 * shows that they can be asked; `pnpm bench server` asks those whose path begins so. A question is a file that prints
 * a heading and a table; one that takes too long is ended and said to have been.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In the order of the README. */
const questions: readonly string[] = [
  'server/tools-call.ts',
  'server/tools-list.ts',
  'server/many-tools.ts',
  'server/stdio.ts',
  'server/program.ts',
  'server/start-and-memory.ts',
  'server/overload.ts',
  'circuit-breaker/all.ts',
  'metrics/record.ts',
  'metrics/scrape.ts',
  'metrics/statistics.ts',
  'config/load.ts',
  'health/run.ts',
  'tool-base/pipeline.bench.ts',
  'tool-base/launcher.bench.ts',
];

const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const asked = questions.filter((file) => wanted.length === 0 || wanted.some((part) => file.startsWith(part)));
/** A quick run asks the server's questions only: the packages' own have no shorter form. */
const files = quick && wanted.length === 0 ? asked.filter((file) => file.startsWith('server/')) : asked;
const limitMs = quick ? 60_000 : 180_000;

const answers: string[] = [];
let failed = 0;
for (const file of files) {
  process.stderr.write(`${file}\n`);
  const { text, code } = await ask(file);
  if (code !== 0) failed++;
  const answer = code === 0 ? text.trim() : `${text.trim()}\n\n(${file} ended with ${code ?? 'no answer in time'})`;
  process.stdout.write(`${answer}\n\n`);
  answers.push(`<!-- ${file} -->\n\n${answer}\n`);
}
if (!quick && failed === 0) record(answers);
process.exitCode = failed === 0 ? 0 : 1;

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

/** Each answer replaces the last one to the same question. */
function record(sections: readonly string[]): void {
  const readme = fileURLToPath(new URL('README.md', import.meta.url));
  let text = readFileSync(readme, 'utf8');
  for (const section of sections) {
    const marker = section.slice(0, section.indexOf('\n'));
    const start = text.indexOf(marker);
    if (start < 0) {
      text = `${text.trimEnd()}\n\n${section}`;
      continue;
    }
    const next = text.indexOf('\n<!-- ', start + marker.length);
    text = `${text.slice(0, start)}${section}${next < 0 ? '' : text.slice(next)}`;
  }
  writeFileSync(readme, text);
}
