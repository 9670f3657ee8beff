/**
 * Runs every example. Each is a program that checks its own claims: `examples/NAME.ts` for one package alone,
 * `examples/NAME/check*.ts` for one with files of its own. It passes when it ends with 0 in time. What it prints as
 * `skip NAME: REASON` is counted as skipped.
 */
import { globSync } from 'node:fs';
import { Checklist } from './checklist.ts';
import { mustRun } from './run-program.ts';

const checklist = new Checklist();
for (const file of globSync('examples/{*,*/check*}.ts').sort()) {
  await checklist.check(file, async () => {
    const { stdout } = await mustRun(process.execPath, ['--conditions=@mcp/source', file], { timeoutMs: 60_000 });
    for (const [, what = '', why = ''] of stdout.matchAll(/^skip (.+?): (.+)$/gmu)) {
      checklist.skip(`${what} in ${file}`, why);
    }
  });
}
checklist.finish('reports/totals-of-examples.json');
