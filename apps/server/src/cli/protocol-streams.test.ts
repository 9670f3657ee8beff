import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, onTestFinished, test } from 'vitest';

test('only the returned stream writes to standard output; everything else goes to standard error', () => {
  const file = fileURLToPath(new URL('protocol-streams.ts', import.meta.url));
  const program = `
    const { reserveStreams } = await import(process.argv[1]);
    const { output: stdout } = reserveStreams();
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
  const file = fileURLToPath(new URL('protocol-streams.ts', import.meta.url));
  const program = `
    const { reserveStreams } = await import(process.argv[1]);
    const { output: stdout } = reserveStreams();
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

test('a write to file descriptor 1 through node:fs goes to standard error, and closing it has no effect', () => {
  const file = fileURLToPath(new URL('protocol-streams.ts', import.meta.url));
  const program = `
    const { reserveStreams } = await import(process.argv[1]);
    const { output: stdout } = reserveStreams();
    const { appendFileSync, close, closeSync, createWriteStream, writeFileSync, writeSync } = await import('node:fs');
    writeSync(1, 'writeSync ');
    writeFileSync(1, 'writeFileSync ');
    writeFileSync('/dev/stdout', 'device ');
    appendFileSync('/proc/self/fd/1', 'proc ');
    await new Promise((resolve) => createWriteStream('', { fd: 1 }).on('close', resolve).end('stream '));
    closeSync(1);
    await new Promise((resolve) => close(1, resolve));
    writeSync(2, 'itself ');
    stdout.write('from the protocol');
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, file], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('from the protocol');
  for (const name of ['writeSync', 'writeFileSync', 'device', 'proc', 'stream', 'itself'])
    expect(stderr).toContain(name);
});

describe('standard input', () => {
  const text = 'of the client';
  const fromPipe = { input: text };
  const fromFile = (): { stdio: [number, 'pipe', 'pipe'] } => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-stdin-'));
    writeFileSync(join(folder, 'input'), text);
    const fd = openSync(join(folder, 'input'), 'r');
    onTestFinished(() => {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    });
    return { stdio: [fd, 'pipe', 'pipe'] };
  };

  test.each([
    ['a pipe', () => fromPipe],
    ['a file', fromFile],
  ])('that is %s is read by the returned stream only; everything else reads nothing, and may close it', (_, source) => {
    const file = fileURLToPath(new URL('protocol-streams.ts', import.meta.url));
    const program = `
      const { reserveStreams } = await import(process.argv[1]);
      const { input, output } = reserveStreams();
      const { readFileSync, readSync } = await import('node:fs');
      const { spawnSync } = await import('node:child_process');
      const { createInterface } = await import('node:readline');
      const read = [readFileSync(0, 'utf8'), readFileSync('/dev/stdin', 'utf8'), readSync(0, Buffer.alloc(9))];
      read.push(spawnSync('cat', [], { stdio: ['inherit', 'pipe', 'inherit'] }).stdout.toString());
      for await (const line of createInterface({ input: process.stdin })) read.push(line);
      process.stdin.pause();
      process.stdin.destroy();
      for await (const chunk of input) read.push(chunk.toString());
      output.write(JSON.stringify(read));
    `;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, file], {
      encoding: 'utf8',
      ...source(),
    });
    expect(JSON.parse(stdout)).toEqual(['', '', 0, '', text]);
  });
});
