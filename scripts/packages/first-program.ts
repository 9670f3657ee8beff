import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks } from '../documents/markdown.ts';
import { mustRun, runProgram } from '../run-program.ts';
import type { Consumer } from './consumer.ts';

/** What a program that serves or watches does after its first output is of no interest. */
const TIME_LIMIT_MS = 5000;

/** Runs the first program of a package's README as its reader would: in a project that has the package, TypeScript as it stands. */
export async function checkFirstProgram(consumer: Consumer, name: string, node: string): Promise<void> {
  const cwd = consumer.folder;
  const [program] = codeBlocks(join(cwd, 'node_modules', name, 'README.md'), 'ts');
  if (program === undefined) throw new Error('the README has no program');
  if (program.text.includes("from 'zod'")) await installZod(cwd);
  writeFileSync(join(cwd, 'first-program.ts'), program.text);
  const { code, stdout, stderr } = await runProgram(node, ['first-program.ts'], { cwd, timeoutMs: TIME_LIMIT_MS });
  if (code !== 0 && code !== null) throw new Error(`it ended with ${code}\n${stdout}${stderr}`);
  if (stdout === '') throw new Error(`it printed nothing\n${stderr}`);
}

async function installZod(cwd: string): Promise<void> {
  const { version } = JSON.parse(readFileSync('examples/node_modules/zod/package.json', 'utf8')) as { version: string };
  await mustRun('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `zod@${version}`], { cwd });
}
