/** What a confined program sees of the file system, found anew at each start of a helper. */

import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One entry: a path in the sandbox, and what is there. */
export type VisibleFile =
  | { readonly kind: 'file' | 'folder'; readonly path: string; readonly source: string }
  /** A link whose target is visible too. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Programs, libraries, and what they look up: names, certificates, time zones. Never keys, state or sockets. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/ca-certificates.conf',
  '/etc/crypto-policies',
  '/etc/gai.conf',
  '/etc/group',
  '/etc/host.conf',
  '/etc/hosts',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/passwd',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/certs',
  '/etc/pki/tls/openssl.cnf',
  '/etc/protocols',
  '/etc/resolv.conf',
  '/etc/services',
  '/etc/ssl/cert.pem',
  '/etc/ssl/certs',
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/openssl.cnf',
];

const NIX_STORE = '/nix/store';

/**
 * @param more paths beside those of the system; what does not exist is left out
 * @returns parents before what is in them
 */
export function visibleFiles(more: readonly string[]): readonly VisibleFile[] {
  const wanted = [...SYSTEM, ...more, ...(more.some(isInNixStore) ? [NIX_STORE] : [])];
  const paths = [...new Set(wanted)].toSorted((a, b) => (a < b ? -1 : 1));
  const found: VisibleFile[] = [];
  const isSeen = (path: string): boolean =>
    found.some((file) => file.kind === 'folder' && file.path === file.source && isWithin(path, file.path));
  const add = (path: string): void => {
    const source = attempt(() => realpathSync(path));
    if (source === undefined || isSeen(path)) return;
    const target = attempt(() => readlinkSync(path));
    if (target !== undefined && (isSeen(source) || willBeSeen(source, paths, path))) {
      found.push({ kind: 'link', path, target });
      return;
    }
    const kind = attempt(() => statSync(source).isDirectory()) === true ? 'folder' : 'file';
    found.push({ kind, path, source });
  };
  for (const path of paths) add(path);
  return found;
}

/** Whether `path` is `folder` or below it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The files of this package that the helper runs, and Node. */
export function helperFiles(script: string): readonly string[] {
  const folder = dirname(script);
  // In a checkout the sources of the whole package are read, and the package.json that declares them as modules.
  const code = script.endsWith('.ts') ? dirname(folder) : folder;
  return [process.execPath, code, join(dirname(code), 'package.json')];
}

function willBeSeen(source: string, paths: readonly string[], except: string): boolean {
  return paths.some((path) => path !== except && isWithin(source, path) && attempt(() => realpathSync(path)) === path);
}

function isInNixStore(path: string): boolean {
  return attempt(() => realpathSync(path))?.startsWith(`${NIX_STORE}/`) ?? false;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
