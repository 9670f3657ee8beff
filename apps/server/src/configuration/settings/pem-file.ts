/** Certificates and keys in files that the configuration names. */
import { readFileSync } from 'node:fs';

/**
 * The text of a file that has such blocks; undefined for any other, which must not be taken for one that trusts nobody or proves
 * nothing.
 *
 * @param kind `certificate` for files that say whom to trust
 */
export function readPemFile(file: string, kind: 'certificate' | 'any' = 'any'): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return BLOCKS[kind].test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const BLOCKS = { certificate: /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/, any: /-----BEGIN [A-Z0-9 ]+-----/ };

/** A sentence about a file of `upstreams.<key>.tls`. */
export function unreadablePem(name: string): string {
  return `tls.${name} of the upstream names a file that cannot be read as PEM.`;
}
