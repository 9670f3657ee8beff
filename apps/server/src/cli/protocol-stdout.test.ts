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

test('a child process that would inherit standard output gets standard error', () => {
  const file = fileURLToPath(new URL('protocol-stdout.ts', import.meta.url));
  const program = `
    const { reserveStdout } = await import(process.argv[1]);
    const stdout = reserveStdout();
    const { spawnSync, execFileSync, execSync, spawn } = await import('node:child_process');
    spawnSync('echo', ['spawnSync'], { stdio: 'inherit' });
    execFileSync('echo', ['execFileSync'], { stdio: ['ignore', 'inherit', 'inherit'] });
    execSync('echo execSync', { stdio: [0, 1, 2] });
    const piped = spawnSync('echo', ['piped']).stdout.toString();
    spawn('echo', ['spawn'], { stdio: 'inherit' }).on('close', () => stdout.write(piped));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, file], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('piped\n');
  for (const name of ['spawnSync', 'execFileSync', 'execSync', 'spawn']) expect(stderr).toContain(name);
});
