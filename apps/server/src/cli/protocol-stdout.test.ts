import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

test('only the returned stream writes to standard output; everything else goes to standard error', () => {
  const file = fileURLToPath(new URL('protocol-stdout.ts', import.meta.url));
  const program = `
    const { reserveStdout } = await import(process.argv[1]);
    const stdout = reserveStdout();
    const { stdout: imported } = await import('node:process');
    console.log('from the console');
    process.stdout.write('from process.stdout');
    imported.write('from the import');
    stdout.write('from the protocol');
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, file], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('from the protocol');
  expect(stderr).toContain('from the console');
  expect(stderr).toContain('from process.stdout');
  expect(stderr).toContain('from the import');
});
