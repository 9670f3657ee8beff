/**
 * Runs every example. Each is a program that checks its own claims: `examples/NAME.ts` for one package alone,
 * `examples/NAME/check.ts` for one with files of its own. It passes when it ends with 0 in time.
 */
import { globSync } from 'node:fs';
import { Checklist } from './checklist.ts';
import { mustRun } from './run-program.ts';

const checklist = new Checklist();
for (const file of globSync('examples/{*,*/check}.ts').sort()) {
  await checklist.check(file, async () => {
    await mustRun(process.execPath, ['--conditions=@mcp/source', file], { timeoutMs: 60_000 });
  });
}
checklist.finish('reports/totals-of-examples.json');
