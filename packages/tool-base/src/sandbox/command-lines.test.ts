import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bubblewrapArguments } from './bubblewrap.ts';
import { setprivArguments } from './setpriv.ts';
import { visibleFiles, type VisibleFile } from './visible-files.ts';

const files: readonly VisibleFile[] = [
  { kind: 'folder', path: '/usr', source: '/usr' },
  { kind: 'link', path: '/bin', target: 'usr/bin' },
  { kind: 'file', path: '/etc/resolv.conf', source: '/run/resolv.conf' },
];
const DIRECTORY = '/tmp/mcp-tools-x';

test('bubblewrap makes everything anew and shows only what was listed, read-only', () => {
  const profile = { network: 'none', write: ['/srv/y'] } as const;
  expect(
    bubblewrapArguments({ files, profile, pod: undefined, seccompDescriptor: 3, directory: DIRECTORY }).join(' '),
  ).toBe(
    '--die-with-parent --new-session --unshare-user --unshare-all --disable-userns --cap-drop ALL --dir /tmp ' +
      '--dev /dev --proc /proc --ro-bind /usr /usr --symlink usr/bin /bin --ro-bind /run/resolv.conf /etc/resolv.conf ' +
      '--bind /tmp/mcp-tools-x /tmp/mcp-tools-x --bind /srv/y /srv/y --remount-ro /dev --remount-ro /proc --remount-ro / --chdir / --seccomp 3 --',
  );
  const host = bubblewrapArguments({
    files,
    profile: { network: 'host', write: [] },
    pod: undefined,
    seccompDescriptor: undefined,
    directory: DIRECTORY,
  });
  expect(host).toContain('--share-net');
  expect(host).not.toContain('--seccomp');
});

const setpriv = (kernel: string, isRoot = false): string =>
  setprivArguments({
    files,
    profile: { write: ['/srv/y'] },
    seccompDescriptor: 3,
    directory: DIRECTORY,
    kernel,
    isRoot,
  }).join(' ');

test('setpriv allows what was listed and refuses every other file', () => {
  const line = setpriv('6.18.4-debian');
  expect(line).toMatch(/^--nnp --pdeathsig CONT --landlock-access fs:execute,write-file,read-file,read-dir,/);
  expect(line).toContain('--landlock-rule path-beneath:execute,read-file,read-dir:/usr --landlock-rule');
  expect(line).toContain('path-beneath:execute,read-file:/run/resolv.conf');
  expect(line).toContain('path-beneath:execute,write-file,read-file,truncate:/dev/null');
  expect(line).toMatch(
    /make-sym,refer,truncate:\/tmp\/mcp-tools-x .*truncate:\/srv\/y --seccomp-filter \/proc\/self\/fd\/3 --$/,
  );
  expect(line).not.toContain('/bin ');
});

test('setpriv asks an older kernel for no right that it lacks, and takes every capability from root', () => {
  expect(setpriv('5.15.0')).not.toMatch(/refer|truncate/);
  expect(setpriv('6.1.0')).toContain('refer');
  expect(setpriv('6.1.0')).not.toContain('truncate');
  expect(setpriv('6.18.4')).not.toContain('bounding-set');
  expect(setpriv('6.18.4', true)).toContain('--bounding-set -all --inh-caps -all');
});

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'visible-')));
afterAll(() => rmSync(folder, { recursive: true }));

test('what does not exist is not visible, and a link keeps its target visible', () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real/file'), '');
  symlinkSync(join(folder, 'real/file'), join(folder, 'link'));
  symlinkSync('/nowhere', join(folder, 'dangling'));
  const own = (more: readonly string[]): VisibleFile[] =>
    visibleFiles(more.map((name) => join(folder, name))).filter(({ path }) => path.startsWith(folder));
  expect(own(['missing', 'dangling'])).toEqual([]);
  expect(own(['link'])).toEqual([{ kind: 'file', path: join(folder, 'link'), source: join(folder, 'real/file') }]);
  expect(own(['link', 'real'])).toEqual([
    { kind: 'link', path: join(folder, 'link'), target: join(folder, 'real/file') },
    { kind: 'folder', path: join(folder, 'real'), source: join(folder, 'real') },
  ]);
});

test('of the system no key, state, home or socket is visible', () => {
  const visible = visibleFiles([]).map(({ path }) => path);
  expect(visible).toContain('/usr');
  for (const path of ['/', '/etc', '/etc/shadow', '/etc/ssl', '/home', '/root', '/run', '/sys', '/var']) {
    expect(visible).not.toContain(path);
  }
});
