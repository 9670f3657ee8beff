/** docs/api says what the code says: generated anew beside it, formatted the same way, and compared. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mustRun } from './run-program.ts';

const KEPT = 'docs/api';
const fresh = mkdtempSync('docs/api-fresh-');
try {
  await mustRun(process.execPath, ['docs/reference/generate.ts', fresh]);
  await mustRun('node_modules/.bin/oxfmt', [fresh]);
  const names = new Set([KEPT, fresh].flatMap((folder) => globSync(`${folder}/*.md`).map((file) => basename(file))));
  const stale = [...names].filter((name) => textOf(KEPT, name) !== textOf(fresh, name)).sort();
  for (const name of stale) console.error(`${join(KEPT, name)} does not say what the code says`);
  if (stale.length > 0) console.error('Run: npx -y pnpm@12.21.0 --filter @mcp/reference generate');
  else console.log(`${names.size} pages are up to date`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} finally {
  rmSync(fresh, { recursive: true });
}

function textOf(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}
