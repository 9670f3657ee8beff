import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { findProgram, isStillExecutable } from './program-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'program-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

describe('the file behind a command', () => {
  test('a bare name is looked up in the system folders', () => {
    expect(findProgram('echo')).toMatchObject({
      found: true,
      path: expect.stringMatching(/^\/.*\/echo$/),
      risks: [],
      interpreter: false,
    });
  });

  test('an absolute path is taken as it is', () => {
    const path = file('tool', 0o755);
    expect(findProgram(path)).toMatchObject({ found: true, path, risks: [] });
    expect(isStillExecutable(path)).toBe(true);
    rmSync(path);
    expect(isStillExecutable(path)).toBe(false);
  });

  test('a missing program is reported with the folders that were searched, and what to do', () => {
    vi.stubEnv('PATH', '/nonexistent');
    expect(findProgram('frob')).toMatchObject({
      reason: expect.stringMatching(/not in \/usr\/local\/sbin:.*Install it/u),
    });
    file('frob', 0o755);
    vi.stubEnv('PATH', `/nonexistent:${folder}`);
    expect(findProgram('frob')).toMatchObject({ reason: expect.stringContaining('give its absolute path') });
    vi.unstubAllEnvs();
  });

  test.each(['', './tool', '../tool', 'bin/tool', '-tool'])('%j is neither, so nothing is found', (command) => {
    expect(findProgram(command)).toMatchObject({ found: false });
  });

  test('a missing file, a folder and a file that is not executable are not found, and the reason names no folder', () => {
    for (const command of [join(folder, 'none'), file('plain', 0o644), folder, 'no-such-program']) {
      const found = findProgram(command);
      expect(found.found).toBe(false);
      expect(JSON.stringify(found)).not.toContain(tmpdir());
    }
  });

  test('a program that everyone can overwrite is refused', () => {
    expect(findProgram(file('open', 0o757))).toMatchObject({ risks: [expect.stringContaining('overwritten')] });
  });

  test('interpreters and launchers are recognised by name, version and link', () => {
    for (const name of ['sh', 'python3.12', 'env', 'sudo', 'perl5']) {
      expect([name, findProgram(file(name, 0o755))]).toMatchObject([name, { interpreter: true }]);
    }
    const link = join(folder, 'harmless');
    symlinkSync('/bin/sh', link);
    expect(findProgram(link)).toMatchObject({ interpreter: true });
    const box = file('busybox', 0o755);
    symlinkSync(box, join(folder, 'ping'));
    expect(findProgram(join(folder, 'ping'))).toMatchObject({ interpreter: false });
    expect(findProgram(box)).toMatchObject({ interpreter: true });
  });
});
